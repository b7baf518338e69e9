// The small supervisor: it starts the services' processes and outlives its parent just long enough to end them.
// Its parent sends one JSON line for each process to start and reads one JSON line for each event. When the pipe
// from the parent ends, for whatever reason, every process is ended: with its own stop signal, then with SIGKILL.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';

const killAfterMs = 8_000;
const restartAfterMs = 500;
const running = new Map();
let ending = false;

// A terminal sends Ctrl-C and hang-up to everyone at once; the order of ending is the parent's to say, by the pipe.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM']) process.on(signal, () => {});
process.stdout.on('error', () => {});

const tell = event => process.stdout.write(JSON.stringify(event) + '\n');

function start(order) {
  const log = openSync(order.log, 'a', 0o600);
  const child = spawn(order.command, order.args, {
    cwd: order.folder,
    env: { ...process.env, ...order.environment },
    stdio: ['ignore', log, log],
    detached: true, // a process group of its own, out of the terminal's reach
    windowsHide: true,
  });
  closeSync(log);
  child.on('error', error => tell({ id: order.id, event: 'refused', message: error.message }));
  child.on('spawn', () => {
    running.set(child, order);
    tell({ id: order.id, event: 'started', pid: child.pid });
    if (ending) child.kill(order.stopSignal);
  });
  child.on('exit', (code, signal) => {
    running.delete(child);
    tell({ id: order.id, event: 'exited', code: code ?? 128, signal });
    if (ending) leaveWhenDone();
    else if (order.restart) setTimeout(() => ending || start(order), restartAfterMs);
  });
}

function end() {
  ending = true;
  for (const [child, order] of running) child.kill(order.stopSignal);
  setTimeout(() => {
    for (const child of running.keys()) killGroup(child);
  }, killAfterMs).unref();
  leaveWhenDone();
}

function killGroup(child) {
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // it has just ended by itself
  }
}

function leaveWhenDone() {
  if (running.size === 0) process.exit(0);
}

tell({ event: 'ready', node: process.versions.node });
createInterface({ input: process.stdin }).on('line', line => start(JSON.parse(line))).on('close', end);

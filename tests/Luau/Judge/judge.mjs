// Reads one JSON string per line, a script each; answers one line each: "accept" or "refuse <why>".
import { createInterface } from 'node:readline';
import { LuauState } from 'luau-web';

let state = await LuauState.createAsync({});

for await (const line of createInterface({ input: process.stdin })) {
  let answer = 'accept';
  try {
    const chunk = state.loadstring(JSON.parse(line), 'script', true);
    if (typeof chunk !== 'function') answer = `refuse ${chunk}`;
  } catch (error) {
    const why = String(error.message ?? error);
    answer = `refuse ${why.split('\n')[0]}`;
    // A compile error (as against a syntax error) aborts the virtual machine: take a fresh one.
    if (why.includes('Aborted')) state = await LuauState.createAsync({});
  }
  process.stdout.write(answer + '\n');
}
process.exit(0);

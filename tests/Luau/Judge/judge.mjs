// Reads a script as a JSON string per line; answers null when the virtual machine accepts it, else why it refuses.
import { createInterface } from 'node:readline';
import { LuauState } from 'luau-web';

let state = await LuauState.createAsync({});

for await (const line of createInterface({ input: process.stdin })) {
  let refusal = null;
  try {
    const chunk = state.loadstring(JSON.parse(line), 'script', true);
    if (typeof chunk !== 'function') refusal = String(chunk);
  } catch (error) {
    refusal = String(error.message ?? error);
    // A compile error (as against a syntax error) aborts the virtual machine: take a fresh one.
    if (refusal.includes('Aborted')) state = await LuauState.createAsync({});
  }
  process.stdout.write(JSON.stringify(refusal) + '\n');
}
process.exitCode = 0;

// Reads a JSON Schema in the first line, then a JSON value per line; answers each value with what the schema says against it.
import { createInterface } from 'node:readline';
import Ajv from 'ajv/dist/2020.js';

let validate = null;
for await (const line of createInterface({ input: process.stdin })) {
  const value = JSON.parse(line);
  if (validate === null) {
    validate = new Ajv.default({ strict: true, allErrors: true }).compile(value);
    continue;
  }
  const fits = validate(value);
  process.stdout.write(JSON.stringify(fits ? [] : validate.errors.map(e => `${e.instancePath} ${e.message}`)) + '\n');
}
process.exitCode = 0;

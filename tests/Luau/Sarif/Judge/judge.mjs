// Reads a SARIF log per line; answers what of it the official schema doesn't allow.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import Ajv from 'ajv';

const require = createRequire(import.meta.url);
const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');

// The schema is written in draft 4.
const judge = new Ajv({ schemaId: 'auto', meta: false, allErrors: true });
judge.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
const isLog = judge.compile(schema);

for await (const line of createInterface({ input: process.stdin })) {
  const mistakes = isLog(JSON.parse(line)) ? [] : isLog.errors.map(error => `${error.dataPath} ${error.message}`);
  process.stdout.write(JSON.stringify(mistakes) + '\n');
}

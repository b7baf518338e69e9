// DBOS: node dbos.mjs <PostgreSQL URL> <clients> <seconds> <warm-up seconds>. Prints one line of JSON.
import { DBOS } from "@dbos-inc/dbos-sdk";
import { load } from "./load.mjs";

const [url, clients, seconds, warmUp] = process.argv.slice(2);
const step = async (value) => value;
const chain = DBOS.registerWorkflow(
  async () => {
    let sum = 0;
    for (const value of [1, 2, 3]) sum += await DBOS.runStep(() => step(value), { name: `step${value}` });
    return sum;
  },
  { name: "chain" },
);
DBOS.setConfig({ name: "benchmark", systemDatabaseUrl: url, logLevel: "error", runAdminServer: false });
await DBOS.launch();
await load(async () => (await DBOS.startWorkflow(chain)()).getResult(), { clients: +clients, seconds: +seconds, warmUp: +warmUp });
await DBOS.shutdown();
process.exit(0);

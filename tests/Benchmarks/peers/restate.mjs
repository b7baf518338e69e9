// Restate: node restate.mjs <data folder> <clients> <seconds> <warm-up seconds>. Starts its server, prints one line of JSON.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import http from "node:http";
import * as restate from "@restatedev/restate-sdk";
import { load } from "./load.mjs";

process.env.RESTATE_LOGGING = "ERROR"; // the SDK logs every workflow otherwise
const [folder, clients, seconds, warmUp] = process.argv.slice(2);
const [service, ingress, admin, node] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
const chain = restate.service({
  name: "chain",
  handlers: {
    run: async (context) => {
      let sum = 0;
      for (const value of [1, 2, 3]) sum += await context.run(`step${value}`, () => value);
      return sum;
    },
  },
});
await restate.serve({ services: [chain], port: service });

const binary = join(dirname(createRequire(import.meta.url).resolve("@restatedev/restate-server-linux-x64/package.json")), "bin", "restate-server");
const server = spawn(binary, ["--base-dir", folder, "--node-name", "benchmark"], {
  stdio: "ignore",
  env: {
    ...process.env,
    RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    RESTATE_DISABLE_TELEMETRY: "true",
    RUST_LOG: "error",
  },
});
process.on("exit", () => server.kill("SIGKILL"));
const agent = new http.Agent({ keepAlive: true, maxSockets: +clients });
const deadline = Date.now() + 60_000;
while (true) {
  try {
    await post(admin, "/deployments", { uri: `http://127.0.0.1:${service}` });
    if ((await post(ingress, "/chain/run")) === 6) break;
  } catch (error) {
    if (Date.now() > deadline) throw error;
    await new Promise((later) => setTimeout(later, 200));
  }
}
await load(() => post(ingress, "/chain/run"), { clients: +clients, seconds: +seconds, warmUp: +warmUp });
process.exit(0);

function post(port, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, path, method: "POST", agent, headers: body ? { "content-type": "application/json" } : {} }, (answer) => {
      let text = "";
      answer.on("data", (part) => (text += part));
      answer.on("end", () => (answer.statusCode < 300 ? resolve(text ? JSON.parse(text) : null) : reject(new Error(`${answer.statusCode} ${text}`))));
    });
    request.on("error", reject);
    request.end(body ? JSON.stringify(body) : undefined);
  });
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

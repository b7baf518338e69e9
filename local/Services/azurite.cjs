// Azurite in one file, with what V8 compiled of it at installation. To find and compile its modules one by one is three quarters of the
// processor time of its start. Half of them, and of what is installed, would be its telemetry's, which is switched off: package.json puts
// an applicationinsights from before OpenTelemetry in its place.
//   node azurite.cjs --prepare    writes both files, beside this one and the installed packages
//   node azurite.cjs OPTION...    is `azurite OPTION...`
'use strict';
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { Server } = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Script } = require('node:vm');

const bundle = join(__dirname, 'azurite.bundle.js');
const compiled = join(__dirname, 'azurite.bundle.v8');

function bundleAll() {
  const { buildSync } = require('esbuild');
  buildSync({
    entryPoints: [join(__dirname, 'node_modules', 'azurite', 'dist', 'src', 'azurite.js')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    external: ['pg-hstore'], // of a database that Azurite can keep its metadata in, and that nobody installs for it
    logLevel: 'error',
  });
}

function run(cachedData) {
  const source = readFileSync(bundle, 'utf8').replace(/^#!.*/, '');
  const script = new Script(wrap(source), { filename: bundle, cachedData });
  if (script.cachedDataRejected) console.error(`Azurite was prepared for another Node.js, so that it starts more slowly. Delete ${__dirname} to have that done again.`);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, __dirname);
  return script;
}

// Starts it once, because only what ran has been compiled, and ends with it.
function compile() {
  const services = ['blob', 'queue', 'table'];
  const folder = mkdtempSync(join(tmpdir(), 'azurite-'));
  process.argv = [process.argv[0], bundle, '--silent', '--disableTelemetry', '--location', folder, ...services.flatMap(name => [`--${name}Host`, '127.0.0.1', `--${name}Port`, '0'])];
  let listening = 0;
  const { listen } = Server.prototype;
  Server.prototype.listen = function (...args) {
    this.once('listening', () => {
      if (++listening < services.length) return;
      writeFileSync(compiled, script.createCachedData());
      rmSync(folder, { recursive: true, force: true });
      process.exit();
    });
    return listen.apply(this, args);
  };
  const script = run();
}

if (process.argv[2] === '--prepare') {
  bundleAll();
  compile();
} else {
  run(readFileSync(compiled));
}

/**
 * Stands before every command of the project: checks Node, installs the npm dependencies when they are missing or the
 * lockfile has changed, builds what has changed, then runs the compiled program with the project's own Node 24.
 *
 *   node network/bootstrap.mjs COMMAND [parameters]
 *
 * Plain JavaScript for Node 20 and newer, without dependencies.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const oldestNode = 20;
const workspaces = ['chaincode', 'client', 'gateway-api', 'network', 'test'];

/** Commands and the program each runs; those of the network's command line carry its own command word. */
const networkMain = 'network/dist/cli/main.js';
const programs = {
  start: [networkMain, 'start'],
  stop: [networkMain, 'stop'],
  status: [networkMain, 'status'],
  logs: [networkMain, 'logs'],
  reset: [networkMain, 'reset'],
  token: [networkMain, 'token'],
  rebuild: [networkMain, 'rebuild'],
  demo: ['test/dist/demo/main.js'],
  test: ['test/dist/runner/main.js'],
  'compose:prepare': ['network/dist/compose/main.js', 'prepare'],
  'test:compose': ['test/dist/compose/main.js'],
  'test:ipfs': ['test/dist/ipfs/main.js'],
  bench: ['test/dist/bench/main.js'],
  docs: ['gateway-api/dist/docs/main.js'],
  'verify-proof': ['client/dist/proof/main.js'],
};

/** What `--help` says of the commands that take no options; the others say it themselves. */
const helps = {
  'test:ipfs': 'npm run test:ipfs\n  tries the store of content on two real IPFS nodes (Kubo), which are built once',
  docs: 'npm run docs\n  writes the generated pages of docs/ from the sources',
  'verify-proof':
    'npm run -s verify-proof -- PROOF.json TRUST.json\n  checks an exported event offline, see docs/alerts-and-recalls.md; exit status 1 where it does not hold',
};

class Stop extends Error {}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldestNode)
    throw new Stop(
      `Node ${process.versions.node} is too old — install Node ${oldestNode} or newer (24 is used inside)`,
    );
}

function ownNode() {
  return join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Quiet work stays quiet: what a tool says is shown only when it fails. */
function run(title, command, parameters) {
  const begun = Date.now();
  const live = process.stderr.isTTY;
  if (live) process.stderr.write(`  ${title}: …`);
  const result = spawnSync(command, parameters, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (live) process.stderr.write('\r\u001B[K');
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  if (result.status === 0) {
    process.stderr.write(`✓ ${title.padEnd(44)} ${seconds.padStart(6)} s\n`);
    return;
  }
  const said = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-15).join('\n');
  const cause = result.error === undefined ? `ended with ${result.status ?? result.signal}` : result.error.message;
  process.stderr.write(`${said}\n`);
  throw new Stop(`${title} failed: ${command} ${cause} — the lines above say why`);
}

function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

function readOr(path, otherwise) {
  return existsSync(path) ? readFileSync(path, 'utf8') : otherwise;
}

function writeWhole(path, text) {
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, text);
  renameSync(beside, path);
}

/** Dependencies are current when the lockfile they were installed from is this one and the own Node is there. */
function isInstalled() {
  const wanted = sha256(readFileSync(join(root, 'package-lock.json')));
  return existsSync(ownNode()) && readOr(join(root, 'node_modules/.chain-of-care-lock'), '') === wanted;
}

function install() {
  if (isInstalled()) return;
  const wanted = sha256(readFileSync(join(root, 'package-lock.json')));
  const npm = process.env.npm_execpath;
  const [command, before] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  run('npm dependencies installed', command, [...before, 'install', '--no-audit', '--no-fund', '--loglevel=error']);
  // An npm that did not run the install script of the package `node` leaves its launcher without the program.
  if (!existsSync(ownNode()))
    run('Node 24 put in place', process.execPath, ['node_modules/node/installArchSpecificPackage.js']);
  if (!existsSync(ownNode())) throw new Stop('the npm package "node" brought no Node 24 — run npm rebuild node');
  writeWhole(join(root, 'node_modules/.chain-of-care-lock'), wanted);
}

/** Names, sizes and times of everything the compiler reads. */
function sourceMark() {
  const entries = [];
  const add = (path) => {
    const { mtimeMs, size } = statSync(join(root, path));
    entries.push(`${path} ${mtimeMs} ${size}`);
  };
  for (const file of readdirSync(root)) if (/^tsconfig.*\.json$/.test(file)) add(file);
  for (const workspace of workspaces) {
    for (const file of ['package.json', 'tsconfig.json'])
      if (existsSync(join(root, workspace, file))) add(`${workspace}/${file}`);
    const source = join(root, workspace, 'src');
    if (!existsSync(source)) continue;
    for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('.ts')) add(`${workspace}/src/${file}`);
    if (!existsSync(join(root, workspace, 'dist'))) entries.push(`${workspace} is not built`);
  }
  return sha256(entries.sort().join('\n'));
}

function build() {
  const file = join(root, 'node_modules/.chain-of-care-build');
  if (readOr(file, '') === sourceMark()) return;
  run('sources compiled', ownNode(), [join(root, 'node_modules/typescript/bin/tsc'), '-b']);
  writeWhole(file, sourceMark());
}

/** One bootstrap at a time; a lock whose holder is gone is taken over. */
function withLock(work) {
  const lock = join(root, 'node_modules.lock');
  let told = false;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readOr(join(lock, 'pid'), '0'));
    const age = existsSync(lock) ? Date.now() - statSync(lock).mtimeMs : 0;
    if (holder === 0 ? age > 5000 : !isRunning(holder)) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!told) process.stderr.write(`another command (pid ${holder}) installs or builds; waiting for it\n`);
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function isReady() {
  return isInstalled() && readOr(join(root, 'node_modules/.chain-of-care-build'), '') === sourceMark();
}

function main() {
  checkNode();
  const [command, ...parameters] = process.argv.slice(2);
  const program = programs[command];
  if (program === undefined)
    throw new Stop(`no command "${command ?? ''}" — choose one of ${Object.keys(programs).join(', ')}`);
  if (helps[command] !== undefined && parameters.some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(`${helps[command]}\n`);
    return;
  }
  if (!isReady()) {
    withLock(() => {
      install();
      build();
    });
  }
  const [entry, ...words] = program;
  if (!existsSync(join(root, entry))) throw new Stop(`${entry} is not built — run npm run build and read what it says`);
  const child = spawn(ownNode(), ['--enable-source-maps', join(root, entry), ...words, ...parameters], {
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to the child itself; whoever ends only this process means the child too.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => fail(new Stop(`${entry} cannot be run: ${error.message}`)));
  child.on('close', (status, signal) => {
    process.exitCode = status ?? 128 + (constants.signals[signal] ?? 0);
  });
}

function fail(error) {
  if (!(error instanceof Stop)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

try {
  main();
} catch (error) {
  fail(error);
}

// The door of every root command: `node scripts/start.mjs <command> [arguments]`.
// Runs on plain Node 20 before anything is installed, installs what package-lock.json names when it is not there yet,
// and hands over to the Node of package.json, which runs the command's program.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const ownNode = join(root, 'node_modules/.bin/node');
const mains = {
  start: 'scripts/start/main.ts',
  status: 'scripts/status/main.ts',
  test: 'scripts/test/main.ts',
  'test:compose': 'scripts/test/compose.ts',
  bench: 'bench/src/run.ts',
  ci: 'scripts/ci/main.ts',
  canary: 'scripts/canary/main.ts',
  build: 'scripts/release/build.ts',
  push: 'scripts/release/push.ts',
  deploy: 'scripts/release/deploy.ts',
  rollback: 'scripts/release/rollback.ts',
  remove: 'scripts/release/remove.ts',
  environment: 'scripts/release/environment.ts',
  'trial:rollout': 'bench/src/rollout/main.ts',
  backup: 'scripts/operate/src/backup.ts',
  restore: 'scripts/operate/src/restore.ts',
  reconcile: 'scripts/operate/src/reconcile.ts',
  'dead-letters': 'scripts/operate/src/dead-letters.ts',
  load: 'bench/src/site-load.ts',
};

process.exitCode = await main(process.argv[2] ?? 'start', process.argv.slice(3));

async function main(command, args) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    return failed(`Node ${process.versions.node} is too old: FlixTube needs Node 20 or newer (https://nodejs.org).`);
  }
  const program = mains[command];
  if (!program) return failed(`There is no command "${command}". There are: ${Object.keys(mains).join(', ')}.`);
  if (!isInstalled()) {
    const code = await install();
    if (code !== 0) return code;
  }
  return run(ownNode, [join(root, program), ...args], { withChannel: true });
}

/** Whether node_modules holds what package-lock.json names. */
function isInstalled() {
  const installed = packagesOf('node_modules/.package-lock.json');
  if (!installed || !existsSync(ownNode)) return false;
  const locked = packagesOf('package-lock.json') ?? {};
  return Object.entries(locked).every(([path, { version, optional, link }]) => {
    if (!path.includes('node_modules/')) return true;
    const there = installed[path];
    // What is optional belongs, as a rule, to another platform.
    return there ? there.version === version && there.link === link : optional;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

async function install() {
  const startedAt = Date.now();
  say('Installing packages with npm ci: about a minute, whenever package-lock.json has changed');
  // The npm that runs us, by the Node that runs us: neither lies in the node_modules that npm ci removes.
  const npm = process.env.npm_execpath;
  const npmArgs = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const env = { ...process.env, PATH: withoutOwnBin(process.env.PATH) };
  const code = npm?.endsWith('npm-cli.js')
    ? await run('node', [npm, ...npmArgs], { env })
    : await run('npm', npmArgs, { env });
  if (code !== 0) {
    return failed(`npm ci failed (${code}): see above. A registry that cannot be reached? Try again: npm ci`);
  }
  if (!existsSync(ownNode)) {
    return failed(
      'npm ci left no Node of its own in node_modules/.bin. Are install scripts off (npm config get ignore-scripts)? Then: npm rebuild node',
    );
  }
  say(`Packages: installed (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  return 0;
}

function withoutOwnBin(path = '') {
  return path
    .split(':')
    .filter((folder) => !folder.startsWith(join(root, 'node_modules')))
    .join(':');
}

/** Runs a program in our place: it gets our signals, and its exit code is ours. */
function run(program, args, { env = process.env, withChannel = false } = {}) {
  return new Promise((settle) => {
    // The channel tells the program when we are killed without a chance to say so.
    const stdio = withChannel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit';
    const child = spawn(program, args, { cwd: root, env, stdio });
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const watch = watchParent(() => child.kill('SIGTERM'));
    const settleOnce = (code) => {
      for (const signal of signals) process.off(signal, forward);
      clearInterval(watch);
      settle(code);
    };
    child.once('error', (error) => settleOnce(failed(`${program} could not be started: ${error.message}`)));
    child.once('exit', (code, signal) => settleOnce(code ?? 128 + constants.signals[signal]));
  });
}

// npm that is killed takes nothing with it: what it has started would go on unseen.
function watchParent(onGone) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const before = ancestry();
  const watch = setInterval(() => {
    if (ancestry() === before) return;
    clearInterval(watch);
    onGone();
  }, 1000);
  return watch;
}

/** The process ids from our parent up to npm, between whom and us there may be a shell. */
function ancestry() {
  const parent = process.ppid;
  try {
    const [, name, grandparent] = /\((.*)\) \S+ (\d+)/s.exec(readFileSync(`/proc/${parent}/stat`, 'utf8'));
    return /^(ba|da|z)?sh$/.test(name) ? `${parent} ${grandparent}` : `${parent}`;
  } catch {
    return `${parent}`;
  }
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function failed(line) {
  say(line);
  return 1;
}

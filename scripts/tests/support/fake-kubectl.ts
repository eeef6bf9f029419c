/**
 * kubectl of a cluster that is a file: `node fake-kubectl.ts <file> <arguments as of kubectl>`. Knows what the canary
 * says to it, and ends with code 1 at anything else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { FakeCluster } from './cluster.ts';

const [file = '', ...rest] = process.argv.slice(2);
const cluster: FakeCluster = JSON.parse(readFileSync(file, 'utf8'));
const [, , ...args] = rest;
cluster.commands.push(args.slice(0, 3).join(' '));

try {
  process.stdout.write(answer());
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  writeFileSync(file, JSON.stringify(cluster));
}

function answer(): string {
  const [verb, kind = '', name = ''] = args;
  if (cluster.failsOnce !== undefined && args.join(' ').startsWith(cluster.failsOnce)) {
    delete cluster.failsOnce;
    throw new Error('the server is currently unable to handle the request');
  }
  if (verb === 'get' && kind === 'deployment') {
    return !cluster.deployments[name] && args.includes('--ignore-not-found') ? '' : JSON.stringify(existing(name));
  }
  if (verb === 'get' && kind === 'pods') {
    const isCanary = args.some((arg) => arg.includes('flixtube.io/canary-of='));
    const [{ image } = { image: '' }] = existing(isCanary ? 'metadata-canary' : 'metadata').spec.template.spec
      .containers;
    const restartCount = isCanary ? cluster.restarts : (cluster.restartsOfAll ?? 0);
    return JSON.stringify({
      items: [{ spec: { containers: [{ image }] }, status: { containerStatuses: [{ restartCount }] } }],
    });
  }
  if (verb === 'apply') {
    const applied = JSON.parse(readFileSync(0, 'utf8'));
    cluster.deployments[applied.metadata.name] = applied;
    return 'applied';
  }
  if (verb === 'delete') {
    delete cluster.deployments[name];
    return 'deleted';
  }
  if (verb === 'set') {
    const [container, image = ''] = (args[3] ?? '').split(/=(.*)/);
    const deployment = existing(name.replace('deployment/', ''));
    const found = deployment.spec.template.spec.containers.find((one) => one.name === container);
    if (!found) throw new Error(`no container ${container}`);
    cluster.before = found.image;
    found.image = image;
    return 'image updated';
  }
  if (verb === 'rollout' && kind === 'undo') {
    const [container] = existing(name.replace('deployment/', '')).spec.template.spec.containers;
    if (container && cluster.before) container.image = cluster.before;
    return 'rolled back';
  }
  if (verb === 'rollout' && kind === 'status') {
    const of = name.replace('deployment/', '');
    if (cluster.neverReady.includes(of)) throw new Error(`deployment "${of}" exceeded its progress deadline`);
    return 'successfully rolled out';
  }
  throw new Error(`this kubectl does not know: ${args.join(' ')}`);
}

function existing(name: string) {
  const found = cluster.deployments[name];
  if (!found) throw new Error(`deployments.apps "${name}" not found`);
  return found;
}

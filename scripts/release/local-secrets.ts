import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { choose, variablesOf } from '../compose/secrets.ts';
import type { Commands } from './commands.ts';
import { kubectl, namespace } from './kubectl.ts';

/**
 * Makes the Secrets of a cluster that has its backends in it, once: the data of the backends is bound to them. One for
 * each service and backend, as `variablesOf` says.
 * @throws SetupFailure when only some of them are there
 */
export async function makeLocalSecrets(commands: Commands): Promise<void> {
  const wanted = variablesOf(choose({}));
  const names = Object.keys(wanted);
  const answer = await commands.look(kubectl('get', 'secrets', '--output', 'name'));
  const there = (answer ?? '').split('\n').map((line) => line.replace('secret/', ''));
  const missing = names.filter((name) => !there.includes(name));
  if (missing.length === 0) return;
  if (missing.length < names.length) {
    throw new SetupFailure(
      `These Secrets are missing in the namespace ${namespace}, and others are there: ${missing.join(', ')}. ` +
        'They belong together. Put them back, or begin anew without any data: npm run remove -- --with-data --yes',
    );
  }
  const secrets = names.map((name) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': 'flixtube' } },
    stringData: wanted[name],
  }));
  const items = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, ...secrets];
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  // Not `apply`, which would keep a copy in an annotation.
  await commands.change(kubectl('create', '--filename', '-'), {
    text,
    words: `new random secrets for ${names.join(', ')}`,
  });
}

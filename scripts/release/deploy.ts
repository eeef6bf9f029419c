/**
 * `npm run deploy`: brings services, or all of FlixTube, to the cluster that kubectl points at, and waits until they are
 * ready. In Azure a service whose image is not named keeps the one that it has.
 */
import { rm } from 'node:fs/promises';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { Commands, main, say } from './commands.ts';
import { wantedImages } from './images.ts';
import { kubectl, lookAtCluster, statusOf } from './kubectl.ts';
import { makeLocalSecrets } from './local-secrets.ts';
import { readOptions } from './options.ts';
import { fileOf, rendered } from './rendered.ts';

await main(async () => {
  const options = readOptions('deploy', process.argv.slice(2));
  const { services, isAll, environment } = options;
  const commands = new Commands(options);
  const knownThere = await lookAtCluster(commands, environment);
  say(`To ${environment}: ${isAll ? 'all of FlixTube' : services.join(', ')}`);
  const text = await rendered(commands, options, await wantedImages(commands, options), knownThere);
  if (environment === 'local') await makeLocalSecrets(commands);
  const selector = isAll ? [] : ['--selector', `app.kubernetes.io/name in (settings, ${services.join(', ')})`];
  await commands.change(kubectl('apply', ...selector, '--filename', '-'), {
    text,
    words: `the overlay ${options.overlay}`,
  });
  for (const service of services) {
    try {
      await commands.change(statusOf(service));
    } catch (error) {
      const why = await commands.look(kubectl('get', 'pods', '--selector', `app.kubernetes.io/name=${service}`));
      if (!(error instanceof SetupFailure)) throw error;
      throw new SetupFailure(
        `${error.message}\n${why ?? ''}${service} did not get ready; pods of the version before go on. ` +
          `Look: kubectl --namespace flixtube logs deployment/${service}. Back: npm run rollback -- --environment ${environment} ${service}`,
      );
    }
  }
  if (options.dryRun) return;
  // From now on the cluster knows, and is asked: what lay here would be put back some day, after others have changed it.
  if (isAll) await rm(fileOf(environment), { force: true });
  say(`There: ${services.join(', ')}`);
  if (environment === 'local') await sayWhere(commands);
});

/** Not every cluster's node can be reached from here. */
async function sayWhere(commands: Commands): Promise<void> {
  const path = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}';
  const node = await commands.look(['kubectl', 'get', 'nodes', '--output', `jsonpath=${path}`]);
  say(
    `At http://${node || '<node>'}:30400, or, after ${kubectl('port-forward', 'service/gateway', '4000').join(' ')}, at http://localhost:4000`,
  );
}

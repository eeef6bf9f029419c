/** `npm run remove`: takes services out of a cluster, or all of FlixTube; its data only when that is said. */
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { Commands, main } from './commands.ts';
import { kubectl, lookAtCluster, namespace } from './kubectl.ts';
import { readOptions } from './options.ts';

const kinds =
  'deployments,statefulsets,services,poddisruptionbudgets,networkpolicies,serviceaccounts,horizontalpodautoscalers';

await main(async () => {
  const options = readOptions('remove', process.argv.slice(2));
  if (options.withData && !options.isAll)
    throw new SetupFailure('--with-data removes all there is: it goes with no service.');
  const what = options.withData
    ? `all of FlixTube in ${options.environment}, with its volumes and secrets: every video that lies in the cluster is lost`
    : `${options.services.join(', ')} in ${options.environment}; data and secrets stay`;
  if (!options.yes && !options.dryRun) throw new SetupFailure(`This would remove ${what}. If that is wanted: --yes`);
  const commands = new Commands(options);
  await lookAtCluster(commands, options.environment);
  if (options.withData) return commands.change(['kubectl', 'delete', 'namespace', namespace]);
  const selector = options.isAll
    ? 'app.kubernetes.io/part-of=flixtube'
    : `app.kubernetes.io/name in (${options.services.join(', ')})`;
  await commands.change(kubectl('delete', kinds, '--selector', selector));
});

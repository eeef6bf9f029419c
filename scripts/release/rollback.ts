/** `npm run rollback`: the services as they were before the last deployment of each. */
import { Commands, main, say } from './commands.ts';
import { kubectl, lookAtCluster, statusOf } from './kubectl.ts';
import { readOptions } from './options.ts';

await main(async () => {
  const options = readOptions('rollback', process.argv.slice(2));
  const commands = new Commands(options);
  await lookAtCluster(commands, options.environment);
  // Whoever asks goes back before whoever is asked.
  const services = options.services.toReversed();
  for (const service of services) await commands.change(kubectl('rollout', 'undo', `deployment/${service}`));
  for (const service of services) await commands.change(statusOf(service));
  if (!options.dryRun) say(`Back: ${services.join(', ')}`);
});

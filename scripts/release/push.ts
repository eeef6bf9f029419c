/** `npm run push`: images that `npm run build` has made, to a registry. */
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { Commands, main } from './commands.ts';
import { imageOf, readOptions } from './options.ts';

await main(async () => {
  const options = readOptions('push', process.argv.slice(2));
  if (options.registry === '') throw new SetupFailure('Where to? --registry <host>, such as flixtube.azurecr.io');
  const commands = new Commands(options);
  for (const service of options.services) await commands.change(['docker', 'push', imageOf(service, options)]);
});

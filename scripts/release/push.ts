/** `npm run push`: images that `npm run build` has made, to a registry. */
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { Commands, main } from './commands.ts';
import { imageOf, readOptions } from './options.ts';

await main(async () => {
  const options = readOptions('push', process.argv.slice(2));
  if (options.registry === '') throw new SetupFailure('Where to? --registry <host>, such as flixtube.azurecr.io');
  const commands = new Commands(options);
  for (const service of options.services) {
    const image = imageOf(service, options);
    try {
      await commands.change(['docker', 'push', image]);
    } catch (error) {
      if (!(error instanceof SetupFailure)) throw error;
      const [host = ''] = options.registry.split('/');
      throw new SetupFailure(
        `${error.message}\nWas ${image} built, by the same --registry and --tag? Are you signed in: docker login ${host}, ` +
          `or in Azure: az acr login --name ${host.split('.')[0]}`,
      );
    }
  }
});

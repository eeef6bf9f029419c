/** `npm run build`: the services' images, as Compose makes them. */
import { Commands, main } from './commands.ts';
import { imageOf, readOptions } from './options.ts';

await main(async () => {
  const options = readOptions('build', process.argv.slice(2));
  const commands = new Commands(options);
  for (const service of options.services) {
    await commands.change([
      'docker',
      'build',
      '--file',
      `${service}/Dockerfile`,
      '--tag',
      imageOf(service, options),
      '.',
    ]);
  }
});

import type { ServiceName } from '@flixtube/dev-env/services';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { type Commands, say } from './commands.ts';
import { kubectl } from './kubectl.ts';
import { imageOf, type ReleaseOptions } from './options.ts';

const which = 'Which images? --registry <host> --tag <tag>, or --image <name> with one service.';

/**
 * The image that each service is to have: the one that is asked for; where none is, on one node the last that was built,
 * and elsewhere the one that runs there, which a delivery may have brought by its digest.
 * @throws SetupFailure when that is none
 */
export async function wantedImages(commands: Commands, options: ReleaseOptions): Promise<Map<ServiceName, string>> {
  const { services, environment } = options;
  const areAsked = options.image !== undefined || options.tag !== undefined;
  const areElsewhere = environment !== 'local';
  const isWhole = areAsked === (options.registry !== '') && options.tag !== 'latest';
  if (areElsewhere && options.image === undefined && !isWhole) throw new SetupFailure(which);
  const running = areElsewhere ? await runningImages(commands, areAsked) : new Map<string, string>();
  const wanted = new Map<ServiceName, string>();
  for (const service of services) {
    const runs = running.get(service);
    const image = areAsked || !areElsewhere ? imageOf(service, options) : runs;
    if (image === undefined) throw new SetupFailure(`${service} does not run there yet. ${which}`);
    if (areElsewhere) say(image === runs ? `${service} stays ${image}` : `${service}: ${runs ?? 'new'} -> ${image}`);
    wanted.set(service, image);
  }
  return wanted;
}

/**
 * What Deployments ask for, by their names: the image of their first container, which is the service.
 * @param areToldOnly they are for a person's eyes, and may be missing where no cluster answers
 */
async function runningImages(commands: Commands, areToldOnly: boolean): Promise<Map<string, string>> {
  const line = '{range .items[*]}{.metadata.name} {.spec.template.spec.containers[0].image};{end}';
  const command = kubectl('get', 'deployments', '--output', `jsonpath=${line}`);
  const text = areToldOnly ? await commands.look(command) : await commands.make(command);
  const all = (text ?? '').split(';').map((one) => one.split(' '));
  return new Map(all.flatMap(([name, image]) => (name && image ? [[name, image]] : [])));
}

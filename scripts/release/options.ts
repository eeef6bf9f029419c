import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { type ServiceName, serviceNames } from '@flixtube/dev-env/services';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { parseCommandLine } from '../command-line.ts';

const overlays = path.join(root, 'infrastructure/kubernetes/overlays');

/** What the commands that ship FlixTube are told. */
export interface ReleaseOptions {
  /** In the order in which they are shipped: whoever is asked before whoever asks. */
  services: ServiceName[];
  /** Not just some of them. */
  isAll: boolean;
  environment: string;
  /** Of infrastructure/kubernetes/overlays. */
  overlay: string;
  /** The beginning of images' names, such as `flixtube.azurecr.io/`; nothing for those on this machine. */
  registry: string;
  /** Undefined where none was named. */
  tag: string | undefined;
  /** One image by its whole name, for one service. */
  image: string | undefined;
  dryRun: boolean;
  /** For what cannot be taken back. */
  yes: boolean;
  withData: boolean;
}

const order: readonly ServiceName[] = [
  'video-storage',
  'metadata',
  'video-upload',
  'history',
  'video-streaming',
  'video-processing',
  'gateway',
];

const options = {
  environment: { type: 'string', default: 'local' },
  registry: { type: 'string', default: '' },
  tag: { type: 'string' },
  image: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  'with-data': { type: 'boolean', default: false },
} as const;
type OptionName = keyof typeof options;

/** For a person: how each is written, and what it means. */
const words: Record<OptionName, [written: string, meaning: string]> = {
  environment: ['--environment <name>', 'which one kubectl has to point at: local, or one in Azure (default: local)'],
  registry: ['--registry <host>', 'of the images, such as flixtube.azurecr.io; without it, images on this machine'],
  tag: ['--tag <tag>', 'of the images (default: latest)'],
  image: ['--image <name>', 'one image by its whole name, for one service'],
  yes: ['--yes', 'it is meant: what is removed is not asked about again'],
  'with-data': ['--with-data', 'all of FlixTube, with its volumes and secrets: every video in the cluster is lost'],
  'dry-run': ['--dry-run', 'says what would be done, and changes nothing'],
};

const commands = {
  build: { does: "Makes the services' images, as Compose makes them.", takes: ['registry', 'tag'] },
  push: { does: 'Pushes images that npm run build has made.', takes: ['registry', 'tag'] },
  deploy: {
    does: 'Brings services to the cluster that kubectl points at, and waits until they are ready.',
    takes: ['environment', 'registry', 'tag', 'image'],
  },
  rollback: { does: 'Brings back what ran before the last deployment of each service.', takes: ['environment'] },
  remove: {
    does: 'Takes services out of the cluster; data and secrets stay.',
    takes: ['environment', 'yes', 'with-data'],
  },
} as const satisfies Record<string, { does: string; takes: readonly OptionName[] }>;

/**
 * Arguments of one of the commands.
 * @throws SetupFailure that says what is wrong, and how the command is used; HelpWanted with that alone
 */
export function readOptions(command: keyof typeof commands, args: string[]): ReleaseOptions {
  const { does } = commands[command];
  const takes: readonly OptionName[] = [...commands[command].takes, 'dry-run'];
  const lines = takes.map((name) => `  ${words[name][0].padEnd(22)}${words[name][1]}`);
  const usage = `npm run ${command} -- [options] [service ...]\n${does} All of them, where none is named.\n${lines.join('\n')}`;
  const wrong = (what: string) => new SetupFailure(`${what}\n${usage}`);
  const { values, positionals, tokens } = parseCommandLine(usage, {
    args,
    options,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'option' && !takes.some((name) => name === token.name))
      throw wrong(`There is no ${token.rawName}.`);
  }
  const unknown = positionals.filter((name) => !(serviceNames as readonly string[]).includes(name));
  if (unknown.length > 0) throw wrong(`There is no service ${unknown.join(', ')}: ${serviceNames.join(', ')}.`);
  const services = order.filter((name) => positionals.length === 0 || positionals.includes(name));
  const { environment, registry, image } = values;
  const overlay = environment === 'local' ? 'local' : 'azure';
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(environment))
    throw wrong(`--environment ${environment}: lowercase letters, digits and hyphens.`);
  if (!existsSync(path.join(overlays, overlay)))
    throw wrong(`There is no overlay ${overlay}: ${readdirSync(overlays).join(', ')}.`);
  if (image !== undefined && services.length !== 1) throw wrong('--image goes with one service.');
  // host[:port][/folder], and name[:tag][@digest]: what Docker and kubectl would refuse later, or only when pods start.
  if (registry !== '' && !/^[\w.-]+(:\d+)?(\/[\w.-]+)*\/?$/.test(registry))
    throw wrong(`--registry ${registry}: a host is wanted, without https://, such as flixtube.azurecr.io.`);
  if (image !== undefined && !/^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w.-]+)?(@sha256:\w+)?$/.test(image))
    throw wrong(`--image ${image} is no name of an image.`);
  if (values.tag !== undefined && !/^[\w][\w.-]{0,127}$/.test(values.tag))
    throw wrong(`--tag ${values.tag} is no tag of an image.`);
  return {
    services,
    isAll: services.length === order.length,
    environment,
    overlay,
    registry: registry === '' || registry.endsWith('/') ? registry : `${registry}/`,
    tag: values.tag,
    image,
    dryRun: values['dry-run'],
    yes: values.yes,
    withData: values['with-data'],
  };
}

/** The whole name of a service's image, the last that was built unless another is named. */
export function imageOf(
  service: ServiceName,
  { registry, tag, image }: Pick<ReleaseOptions, 'registry' | 'tag' | 'image'>,
): string {
  return image ?? `${registry}flixtube/${service}:${tag ?? 'latest'}`;
}

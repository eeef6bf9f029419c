import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '@flixtube/dev-env/root';
import { type ServiceName, serviceNames } from '@flixtube/dev-env/services';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';

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

/**
 * Arguments of one of the commands.
 * @param takes the options that it has, beside --dry-run
 * @throws SetupFailure that says what is wrong, and how the command is used
 */
export function readOptions(command: string, takes: readonly OptionName[], args: string[]): ReleaseOptions {
  const words: Partial<Record<OptionName, string>> = {
    environment: '--environment local',
    registry: '--registry <host>',
    tag: '--tag <tag>',
    image: '--image <name>',
    yes: '--yes',
    'with-data': '--with-data',
  };
  const usage = `npm run ${command} -- ${[...takes, 'dry-run' as const].map((name) => `[${words[name] ?? `--${name}`}]`).join(' ')} [service ...]`;
  const wrong = (what: string) => new SetupFailure(`${what} Usage: ${usage}`);
  const { values, positionals, tokens } = parsed(args, wrong);
  const taken: readonly string[] = ['dry-run', ...takes];
  for (const token of tokens) {
    if (token.kind === 'option' && !taken.includes(token.name)) throw wrong(`There is no ${token.rawName}.`);
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

function parsed(args: string[], wrong: (what: string) => SetupFailure) {
  try {
    return parseArgs({ args, options, allowPositionals: true, tokens: true });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

/** The whole name of a service's image, the last that was built unless another is named. */
export function imageOf(
  service: ServiceName,
  { registry, tag, image }: Pick<ReleaseOptions, 'registry' | 'tag' | 'image'>,
): string {
  return image ?? `${registry}flixtube/${service}:${tag ?? 'latest'}`;
}

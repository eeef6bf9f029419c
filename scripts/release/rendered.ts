import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import type { ServiceName } from '@flixtube/dev-env/services';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import type { Commands } from './commands.ts';
import { type KnownThere, nameOfEnvironment, namespace } from './kubectl.ts';
import type { ReleaseOptions } from './options.ts';

/** Of kubectl: renders a folder, with files of this repository that lie beside infrastructure/. */
export const kustomize = ['kustomize', '--load-restrictor', 'LoadRestrictionsNone'];

/** Where an environment is put together. */
export const folderOf = (environment: string): string => path.join(root, '.flixtube/kubernetes', environment);

/** What `npm run environment` writes, until a deployment has told it to the cluster. */
export const fileOf = (environment: string): string => path.join(folderOf(environment), 'environment.env');

/**
 * The YAML of an environment with the images that are wanted, and in Azure with what Terraform has said of it
 * (infrastructure/kubernetes/README.md).
 */
export async function rendered(
  commands: Commands,
  options: Pick<ReleaseOptions, 'environment' | 'overlay'>,
  images: ReadonlyMap<ServiceName, string>,
  knownThere: KnownThere | undefined,
): Promise<string> {
  const folder = folderOf(options.environment);
  await mkdir(folder, { recursive: true });
  const infrastructure = '../../../infrastructure/kubernetes';
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [`${infrastructure}/overlays/${options.overlay}`],
    images: Array.from(images, ([service, image]) => ({ name: `flixtube/${service}`, ...partsOf(image) })),
    ...(options.overlay === 'local' && { patches: await builds(commands, images) }),
    ...(options.overlay === 'azure' && {
      configMapGenerator: [{ name: 'environment', namespace, ...told(options.environment, knownThere) }],
      generatorOptions: { disableNameSuffixHash: true },
      components: [`${infrastructure}/components/environment`],
    }),
  };
  await writeFile(path.join(folder, 'kustomization.yaml'), JSON.stringify(kustomization, undefined, 2));
  return commands.make(['kubectl', ...kustomize, folder]);
}

/**
 * On one node images keep their tag, and a Deployment whose tag stays the same would stay as it is: its pods are marked with
 * what this machine's Docker has under the tag, so that those of what was built anew are replaced. No mark without it.
 */
async function builds(commands: Commands, images: ReadonlyMap<ServiceName, string>): Promise<object[]> {
  const patches: object[] = [];
  for (const [name, image] of images) {
    const id = (await commands.look(['docker', 'image', 'inspect', '--format', '{{.Id}}', image]))?.trim();
    if (!id) continue;
    const template = { metadata: { annotations: { 'flixtube.io/image-id': id } } };
    const patch = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { template } };
    patches.push({ patch: JSON.stringify(patch) });
  }
  return patches;
}

/** From what `npm run environment` has written; where it never ran, as in a delivery, from the cluster's last deploy. */
function told(environment: string, knownThere: KnownThere | undefined): { envs?: string[]; literals: string[] } {
  const name = `${nameOfEnvironment}=${environment}`;
  const file = fileOf(environment);
  if (existsSync(file)) return { envs: [path.basename(file)], literals: [name] };
  if (knownThere === undefined) {
    throw new SetupFailure(
      `Nothing is known of the environment ${environment}: ${file} is missing, and the cluster does not know ` +
        'either. infrastructure/kubernetes/README.md says how Terraform writes it.',
    );
  }
  const { [nameOfEnvironment]: _, ...others } = knownThere;
  return { literals: [name, ...Object.entries(others).map(([key, value]) => `${key}=${value}`)] };
}

/** Kustomize wants name, tag and digest apart. */
function partsOf(image: string): { newName: string; newTag?: string; digest?: string } {
  const [name = '', digest] = image.split('@');
  const [, newName = name, newTag] = /^(.*?)(?::([^:/]+))?$/.exec(name) ?? [];
  return {
    newName,
    ...(newTag !== undefined && digest === undefined && { newTag }),
    ...(digest !== undefined && { digest }),
  };
}

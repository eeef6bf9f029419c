import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import type { Commands } from './commands.ts';
import { kubectl, namespace } from './kubectl.ts';
import { imageOf, type ReleaseOptions } from './options.ts';

/** Of kubectl: renders a folder, with files of this repository that lie beside infrastructure/. */
export const kustomize = ['kustomize', '--load-restrictor', 'LoadRestrictionsNone'];

/** Where an environment is put together. */
export const folderOf = (environment: string): string => path.join(root, '.flixtube/kubernetes', environment);

/**
 * The YAML of an environment with the images that are wanted, and in Azure with what Terraform has said of it
 * (infrastructure/kubernetes/README.md).
 */
export async function rendered(commands: Commands, options: ReleaseOptions): Promise<string> {
  const folder = folderOf(options.environment);
  await mkdir(folder, { recursive: true });
  const infrastructure = '../../../infrastructure/kubernetes';
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [`${infrastructure}/overlays/${options.overlay}`],
    images: options.services.map((service) => ({ name: `flixtube/${service}`, ...partsOf(imageOf(service, options)) })),
    ...(options.overlay === 'azure' && {
      configMapGenerator: [{ name: 'environment', namespace, ...(await environmentIn(folder, commands)) }],
      generatorOptions: { disableNameSuffixHash: true },
      components: [`${infrastructure}/components/environment`],
    }),
  };
  await writeFile(path.join(folder, 'kustomization.yaml'), JSON.stringify(kustomization, undefined, 2));
  return commands.make(['kubectl', ...kustomize, folder]);
}

/** From what `npm run environment` has written; where it never ran, as in a delivery, from the cluster's last deploy. */
async function environmentIn(folder: string, commands: Commands): Promise<{ envs: string[] } | { literals: string[] }> {
  const file = path.join(folder, 'environment.env');
  if (existsSync(file)) return { envs: [path.basename(file)] };
  const known = await commands.look(kubectl('get', 'configmap', 'environment', '--output', 'json'));
  if (known === undefined) {
    throw new SetupFailure(
      `Nothing is known of the environment ${path.basename(folder)}: ${file} is missing, and the cluster does not know ` +
        'either. infrastructure/kubernetes/README.md says how Terraform writes it.',
    );
  }
  const { data }: { data: Record<string, string> } = JSON.parse(known);
  return { literals: Object.entries(data).map(([name, value]) => `${name}=${value}`) };
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

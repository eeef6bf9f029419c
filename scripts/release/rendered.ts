import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import type { Commands } from './commands.ts';
import { imageOf, type ReleaseOptions } from './options.ts';

/** Kustomize, with files of this repository that lie beside infrastructure/. */
export const kustomize = ['kubectl', 'kustomize', '--load-restrictor', 'LoadRestrictionsNone'];

/**
 * The YAML of an environment with the images that are wanted, and in Azure with what Terraform has said of it
 * (.flixtube/kubernetes/<environment>/environment.env, see infrastructure/kubernetes/README.md).
 */
export async function rendered(commands: Commands, options: ReleaseOptions): Promise<string> {
  const folder = path.join(root, '.flixtube/kubernetes', options.environment);
  await mkdir(folder, { recursive: true });
  const isAzure = options.overlay === 'azure';
  if (isAzure && !existsSync(path.join(folder, 'environment.env'))) {
    throw new SetupFailure(
      `Nothing is known of the environment ${options.environment}: ${path.join(folder, 'environment.env')} is missing. ` +
        'infrastructure/kubernetes/README.md says how Terraform writes it.',
    );
  }
  const infrastructure = '../../../infrastructure/kubernetes';
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [`${infrastructure}/overlays/${options.overlay}`],
    images: options.services.map((service) => ({ name: `flixtube/${service}`, ...partsOf(imageOf(service, options)) })),
    ...(isAzure && {
      configMapGenerator: [{ name: 'environment', namespace: 'flixtube', envs: ['environment.env'] }],
      generatorOptions: { disableNameSuffixHash: true },
      components: [`${infrastructure}/components/environment`],
    }),
  };
  await writeFile(path.join(folder, 'kustomization.yaml'), JSON.stringify(kustomization, undefined, 2));
  return commands.make([...kustomize, folder]);
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

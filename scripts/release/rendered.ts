import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import type { Commands } from './commands.ts';
import { kubectl } from './kubectl.ts';
import { imageOf, type ReleaseOptions } from './options.ts';

/** Of kubectl: renders a folder, with files of this repository that lie beside infrastructure/. */
export const kustomize = ['kustomize', '--load-restrictor', 'LoadRestrictionsNone'];

/**
 * The YAML of an environment with the images that are wanted, and in Azure with what Terraform has said of it
 * (.flixtube/kubernetes/<environment>/environment.env, see infrastructure/kubernetes/README.md). Where that was never said,
 * as in a delivery of one service, the cluster has it from an earlier deploy.
 */
export async function rendered(commands: Commands, options: ReleaseOptions): Promise<string> {
  const folder = path.join(root, '.flixtube/kubernetes', options.environment);
  await mkdir(folder, { recursive: true });
  const isAzure = options.overlay === 'azure';
  const environment = path.join(folder, 'environment.env');
  if (isAzure && !existsSync(environment)) {
    const known = await environmentOfCluster(commands);
    if (known === undefined) {
      throw new SetupFailure(
        `Nothing is known of the environment ${options.environment}: ${environment} is missing, and the cluster does not ` +
          'know either. infrastructure/kubernetes/README.md says how Terraform writes it.',
      );
    }
    await writeEnvironment(options.environment, known);
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
  return commands.make(['kubectl', ...kustomize, folder]);
}

/** Writes down what an environment is made of. @returns the file */
export async function writeEnvironment(name: string, values: Record<string, string>): Promise<string> {
  const folder = path.join(root, '.flixtube/kubernetes', name);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'environment.env');
  const lines = Object.entries(values).map(([key, value]) => `${key}=${value}\n`);
  await writeFile(file, lines.join(''));
  return file;
}

async function environmentOfCluster(commands: Commands): Promise<Record<string, string> | undefined> {
  const text = await commands.look(kubectl('get', 'configmap', 'environment', '--output', 'json'));
  return text === undefined ? undefined : JSON.parse(text).data;
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

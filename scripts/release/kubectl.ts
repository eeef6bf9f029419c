import type { ServiceName } from '@flixtube/dev-env/services';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import type { Commands } from './commands.ts';
import { say } from './commands.ts';

export const namespace = 'flixtube';

/** A kubectl command in our namespace of the cluster that kubectl points at. */
export function kubectl(...args: string[]): string[] {
  return ['kubectl', '--namespace', namespace, ...args];
}

/** Waits until all of a service's pods are of its newest version. */
export function statusOf(service: ServiceName): string[] {
  return kubectl('rollout', 'status', `deployment/${service}`, '--timeout=600s');
}

/** What a cluster in Azure knows of itself: the name of its environment, and what Terraform has said of it. */
export type KnownThere = Record<string, string>;

/**
 * Says which cluster it is that kubectl points at, before anything is done to it, and what it knows of itself; undefined
 * where it was told nothing, as on one node.
 * @throws SetupFailure when it is the cluster of another environment than the one that is meant, or does not say
 */
export async function lookAtCluster(commands: Commands, environment: string): Promise<KnownThere | undefined> {
  const context = (await commands.look(['kubectl', 'config', 'current-context']))?.trim();
  const server = await commands.look([
    'kubectl',
    'config',
    'view',
    '--minify',
    '--output',
    'jsonpath={.clusters[0].cluster.server}',
  ]);
  say(`The cluster: ${context ?? 'none that kubectl knows'}${server ? `, ${server}` : ''}`);
  const told = await commands.lookFirst(
    kubectl('get', 'configmap', 'environment', '--ignore-not-found', '--output', 'json'),
    'Which environment the cluster is cannot be asked of it, so nothing is done to it. Is it the right one ' +
      '(kubectl config get-contexts), does it run, are you signed in (az login)?',
  );
  if (!told?.trim()) return undefined;
  const { data }: { data: KnownThere } = JSON.parse(told);
  const is = data[nameOfEnvironment] ?? (environment === 'local' ? 'one in Azure' : environment);
  if (is !== environment) {
    throw new SetupFailure(
      `This cluster's environment is ${is}, and ${environment} is meant: nothing is done. ` +
        'Either kubectl points at the wrong cluster (kubectl config use-context), or --environment is wrong.',
    );
  }
  return data;
}

/** Beside what Terraform says. */
export const nameOfEnvironment = 'ENVIRONMENT';

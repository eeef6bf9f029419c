import type { ServiceName } from '@flixtube/dev-env/services';
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

/** Says which cluster it is, before anything is done to it. */
export async function sayCluster(commands: Commands): Promise<void> {
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
}

import { runProgram } from '../release/program.ts';
import type { Cluster } from './canary.ts';

/** The parts of a Deployment that are looked at here. */
interface Deployment {
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  spec: {
    replicas?: number;
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
      spec: { containers: { name: string; image: string }[] };
    };
  };
}

interface Pods {
  items: {
    spec: { containers: { image: string }[] };
    status?: { containerStatuses?: { restartCount: number }[] };
  }[];
}

/** What tells a canary's pods from the others. Its Service does not look at it, and so sends both their share. */
const track = { 'flixtube.io/track': 'canary' };
const readyWithin = '--timeout=600s';

/**
 * The Deployment of one service in the cluster that kubectl points at. Its canary is a second Deployment,
 * `<service>-canary`, a copy of it but for the image and one label.
 */
export function kubectlCluster(o: {
  service: string;
  namespace: string;
  /** The program, and arguments that come before all others. */
  kubectl: readonly [program: string, ...args: string[]];
  signal: AbortSignal;
}): Cluster {
  const canary = `${o.service}-canary`;
  const command = (args: string[]) => [...o.kubectl, '--namespace', o.namespace, ...args];
  const kubectl = (args: string[], input?: unknown) => run(command(args), input, o.signal);
  // To take something back is not broken off.
  const alsoWhenStopping = (args: string[]) => run(command(args), undefined, undefined);
  const deployment = async (): Promise<Deployment> => {
    const text = await kubectl(['get', 'deployment', o.service, '--ignore-not-found', '--output', 'json']);
    if (text.trim() === '') {
      throw new Error(
        `${o.service} does not run there yet, and a canary is compared with what runs. ` +
          "The first deployment of an environment is an operator's: infrastructure/kubernetes/README.md",
      );
    }
    return JSON.parse(text);
  };
  const restartsOf = async (labels: Record<string, string>, image?: string) => {
    const selector = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const text = await kubectl(['get', 'pods', '--selector', selector.join(','), '--output', 'json']);
    return (JSON.parse(text) as Pods).items
      .filter(({ spec }) => image === undefined || spec.containers.some((one) => one.image === image))
      .flatMap(({ status }) => status?.containerStatuses ?? [])
      .reduce((sum, { restartCount }) => sum + restartCount, 0);
  };
  const setImage = (container: string, image: string) => [
    ...['set', 'image', `deployment/${o.service}`],
    `${container}=${image}`,
  ];
  /** The name of the container that is the service, noted when it was last looked at: to go back asks for nothing first. */
  let container = o.service;
  const status = (name: string) => ['rollout', 'status', `deployment/${name}`, readyWithin];

  return {
    running: async () => {
      const { spec } = await deployment();
      const { name, image } = containerOf(spec.template, o.service);
      container = name;
      return { image, replicas: spec.replicas ?? 1 };
    },
    runCanary: async (image, replicas) => {
      await kubectl(['apply', '--filename', '-'], canaryOf(await deployment(), { name: canary, image, replicas }));
      await kubectl(status(canary));
    },
    canaryRestarts: () => restartsOf({ ...track, [instanceLabel]: canary }),
    restarts: (image) => restartsOf({ 'app.kubernetes.io/name': o.service }, image),
    removeCanary: async () => {
      await alsoWhenStopping(['delete', 'deployment', canary, '--ignore-not-found', '--wait=false']);
    },
    replace: async (image) => {
      await kubectl(setImage(container, image));
      await kubectl(status(o.service));
    },
    // Not `rollout undo`: where the replacement had not begun, that would bring back the version before the one that runs.
    goBack: async (image) => {
      await alsoWhenStopping(setImage(container, image));
      await alsoWhenStopping(status(o.service));
    },
  };
}

/** Of the canary's pods alone; the others' labels are not touched. */
const instanceLabel = 'flixtube.io/canary-of';

/**
 * The Deployment of a canary: its pods have every label of the others', by which Services, NetworkPolicies and disruption
 * budgets know them, and two of their own.
 */
export function canaryOf(stable: Deployment, o: { name: string; image: string; replicas: number }) {
  const own = { ...track, [instanceLabel]: o.name };
  const { template, ...spec } = stable.spec;
  const service = stable.metadata.name;
  const { name: container } = containerOf(template, service);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: o.name,
      ...(stable.metadata.namespace && { namespace: stable.metadata.namespace }),
      labels: { ...stable.metadata.labels, ...own },
    },
    spec: {
      ...spec,
      replicas: o.replicas,
      selector: { matchLabels: { ...spec.selector.matchLabels, ...own } },
      template: {
        metadata: { ...template.metadata, labels: { ...template.metadata.labels, ...own } },
        spec: {
          ...template.spec,
          containers: template.spec.containers.map((one) =>
            one.name === container ? { ...one, image: o.image } : one,
          ),
        },
      },
    },
  };
}

/** The container that bears the service's name; the only one, where there is just one. */
function containerOf(template: Deployment['spec']['template'], service: string): { name: string; image: string } {
  const { containers } = template.spec;
  const found =
    containers.find(({ name }) => name === service) ?? (containers.length === 1 ? containers[0] : undefined);
  if (!found) throw new Error(`No container of deployment/${service} is named ${service}`);
  return found;
}

/** Runs a command, gives it JSON on standard input, and answers its standard output. @throws with its standard error */
async function run(command: readonly string[], input: unknown, signal: AbortSignal | undefined): Promise<string> {
  const text = input === undefined ? undefined : JSON.stringify(input);
  const { code, output, errors } = await runProgram(command, { input: text, quiet: true, signal });
  if (code !== 0) throw new Error(errors.trim() || `kubectl ended with ${code}`);
  return output;
}

/**
 * `npm run canary -- --environment production --image <image> <service>`: brings a new version of a service in by a canary.
 * Ends with code 0 when all of its pods run the new version, and with 1 when what ran before runs on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceNames } from '@flixtube/dev-env/services';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { endWith, parseCommandLine } from '../command-line.ts';
import { Commands } from '../release/commands.ts';
import { lookAtCluster } from '../release/kubectl.ts';
import { listenForStop } from '../start/stopping.ts';
import { bringIn, type Plan, RolledBack } from './canary.ts';
import { kubectlCluster } from './kubectl.ts';
import { prometheusMeasurements } from './prometheus.ts';

const usage = `npm run canary -- --environment <name> --image <image by digest> <service>
  --namespace flixtube    where the service runs, in the cluster that kubectl points at
  --weights 0.1,0.5       share of the pods that are canaries, step by step
  --step-seconds 300      how long each step is watched
  --patience-seconds 900  how much longer, when too little is done to judge by
  --least-work 100        requests, messages and tasks that a canary must have done to be judged
  --share 0.01            failures, as a share of its work, that it may have beyond twice the others'
  PROMETHEUS_URL, PROMETHEUS_TOKEN in the environment: where is counted what pods do`;

const say = (line: string) => process.stderr.write(`${line}\n`);
const { signal } = listenForStop(
  () => say('\nStopping: the canary is removed'),
  () => undefined,
);

try {
  await main();
} catch (error) {
  endWith(error instanceof RolledBack ? `Rolled back. ${error.message}` : error);
}

async function main(): Promise<void> {
  const { service, environment, namespace, plan } = readArguments();
  const url = process.env.PROMETHEUS_URL;
  const token = process.env.PROMETHEUS_TOKEN;
  if (!url) throw new SetupFailure(`PROMETHEUS_URL is not set: without it nothing can be judged.\n${usage}`);
  await lookAtCluster(new Commands({ dryRun: false }), environment);
  say(`${service} in ${environment}: ${plan.image}`);
  await bringIn(plan, {
    cluster: kubectlCluster({ service, namespace, kubectl: ['kubectl'], signal }),
    measurements: prometheusMeasurements({ service, url, ...(token && { token }) }),
    wait: (seconds) => sleep(seconds * 1_000, undefined, { signal }),
    say,
  });
}

function readArguments(): { service: string; environment: string; namespace: string; plan: Plan } {
  const { values, positionals } = parseCommandLine(usage, {
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      environment: { type: 'string' },
      image: { type: 'string' },
      namespace: { type: 'string', default: 'flixtube' },
      weights: { type: 'string', default: '0.1,0.5' },
      'step-seconds': { type: 'string', default: '300' },
      'patience-seconds': { type: 'string', default: '900' },
      'least-work': { type: 'string', default: '100' },
      share: { type: 'string', default: '0.01' },
    },
  });
  const [service = ''] = positionals;
  if (positionals.length !== 1 || !(serviceNames as readonly string[]).includes(service)) {
    throw new SetupFailure(`One service is wanted, of: ${serviceNames.join(', ')}.\n${usage}`);
  }
  if (!values.environment || !values.image) {
    throw new SetupFailure(`--environment and --image are wanted.\n${usage}`);
  }
  const number = (name: string, text: string, isGood: (value: number) => boolean) => {
    const value = Number(text);
    if (text.trim() === '' || !isGood(value)) throw new SetupFailure(`--${name} ${text} makes no sense.\n${usage}`);
    return value;
  };
  const seconds = (value: number) => Number.isInteger(value) && value >= 0;
  const share = (value: number) => value > 0 && value < 1;
  return {
    service,
    environment: values.environment,
    namespace: values.namespace,
    plan: {
      image: values.image,
      weights: values.weights.split(',').map((weight) => number('weights', weight, share)),
      stepSeconds: number('step-seconds', values['step-seconds'], seconds),
      patienceSeconds: number('patience-seconds', values['patience-seconds'], seconds),
      limits: {
        share: number('share', values.share, share),
        failures: 5,
        leastWork: number('least-work', values['least-work'], seconds),
      },
    },
  };
}

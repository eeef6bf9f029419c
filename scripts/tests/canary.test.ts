import { afterEach, describe, expect, test } from '@jest/globals';
import { bringIn, canariesFor, type Plan } from '../canary/canary.ts';
import { judge, type WorkByKind } from '../canary/judgement.ts';
import { kubectlCluster } from '../canary/kubectl.ts';
import { prometheusMeasurements } from '../canary/prometheus.ts';
import { type Count, type FakeCluster, fakeCluster, fakePrometheus, newImage, oldImage } from './support/cluster.ts';

const limits = { share: 0.01, failures: 5, leastWork: 100 };
const plan: Plan = { image: newImage, weights: [0.1, 0.5], stepSeconds: 60, patienceSeconds: 60, limits };
const busyAndWell: Count = ({ metric, failed }) => (metric.startsWith('http') ? (failed ? 1 : 1_000) : 0);

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Brings in the new version on a fake kubectl and a fake Prometheus, in no time. */
async function delivery(
  o: { cluster?: Partial<FakeCluster>; counts?: (cluster: FakeCluster) => Count | undefined } = {},
) {
  const fake = fakeCluster(o.cluster);
  const prometheus = await fakePrometheus(() => (o.counts ? o.counts(fake.state()) : busyAndWell));
  ends.push(fake.remove, prometheus.close);
  const stop = new AbortController();
  const said: string[] = [];
  let waited = 0;
  const run = (wait: () => Promise<void> = async () => undefined) =>
    bringIn(plan, {
      cluster: kubectlCluster({
        service: 'metadata',
        namespace: 'flixtube',
        kubectl: fake.kubectl,
        signal: stop.signal,
      }),
      measurements: prometheusMeasurements({ service: 'metadata', url: prometheus.url }),
      wait: async (seconds) => {
        waited += seconds;
        await wait();
      },
      say: (line) => said.push(line),
    });
  return { fake, run, said, stop, queries: prometheus.queries, waited: () => waited };
}

describe('a new version', () => {
  test('that does well replaces the old one after two steps, and leaves no canary', async () => {
    const { fake, run, said, waited } = await delivery();
    await run();
    expect(fake.imageOf('metadata')).toBe(newImage);
    expect(Object.keys(fake.state().deployments)).toEqual(['metadata']);
    expect(said.slice(0, 2)).toEqual(['1 of 5 pods become canaries', '4 of 8 pods become canaries']);
    expect(waited()).toBe(3 * plan.stepSeconds);
  });

  test('whose error rate rises is removed at once, and the pods of the old one were never touched', async () => {
    const { fake, run, waited } = await delivery({
      counts: () => (of) => (of.of === 'canary' && of.failed ? 30 : busyAndWell(of)),
    });
    await expect(run()).rejects.toThrow("3.0 % of its 1000 requests failed, and 0.1 % of the others'");
    expect(fake.imageOf('metadata')).toBe(oldImage);
    expect(Object.keys(fake.state().deployments)).toEqual(['metadata']);
    expect(fake.state().commands).not.toContainEqual(expect.stringMatching(/^set|undo/));
    expect(waited()).toBeLessThan(plan.stepSeconds);
  });

  test('whose error rate rises only when all pods run it is undone', async () => {
    const { fake, run } = await delivery({
      counts: (cluster) => (of) => (cluster.before && of.failed && of.metric.startsWith('http') ? 50 : busyAndWell(of)),
    });
    await expect(run()).rejects.toThrow('With all pods it does worse: 5.0 % of its 1000 requests');
    expect(fake.imageOf('metadata')).toBe(oldImage);
  });

  test('whose containers end by themselves only when all pods run it is undone', async () => {
    const { fake, run } = await delivery({ cluster: { restartsOfAll: 1 } });
    await expect(run()).rejects.toThrow('With all pods its containers ended by themselves: 1 restarts');
    expect(fake.imageOf('metadata')).toBe(oldImage);
  });

  test('that does not get ready is removed, with what kubectl said of it', async () => {
    const { fake, run } = await delivery({ cluster: { neverReady: ['metadata-canary'] } });
    await expect(run()).rejects.toThrow(/does not get ready: .*exceeded its progress deadline/);
    expect(Object.keys(fake.state().deployments)).toEqual(['metadata']);
  });

  test('whose replacement does not even begin leaves the version that runs, not the one before it', async () => {
    const { fake, run } = await delivery({ cluster: { failsOnce: 'set image', before: 'the-one-before' } });
    await expect(run()).rejects.toThrow('unable to handle the request');
    expect(fake.imageOf('metadata')).toBe(oldImage);
    expect(Object.keys(fake.state().deployments)).toEqual(['metadata']);
  });

  test('of a service that does not run yet is refused, with what to do', async () => {
    const { fake, run } = await delivery({ cluster: { deployments: {} } });
    await expect(run()).rejects.toThrow(/metadata does not run there yet.*first deployment/);
    expect(fake.state().deployments).toEqual({});
  });

  test('that does not get ready everywhere is undone, its canary first, and what is not back is said', async () => {
    const { fake, run } = await delivery({ cluster: { neverReady: ['metadata'] } });
    await expect(run()).rejects.toThrow(/Not all pods get ready.*what ran before is not back.*deadline.*sha256:old/);
    expect(fake.imageOf('metadata')).toBe(oldImage);
    const { commands } = fake.state();
    const [forth, back] = commands.flatMap((command, at) => (command.startsWith('set image') ? [at] : []));
    expect(commands.slice(forth, back)).toContain('delete deployment metadata-canary');
  });

  test('whose containers end by themselves is removed', async () => {
    const { fake, run } = await delivery({ cluster: { restarts: 2 } });
    await expect(run()).rejects.toThrow('2 restarts');
    expect(fake.imageOf('metadata')).toBe(oldImage);
  });

  test('that has had too little to do, also after a while of patience, is removed', async () => {
    const { run, waited } = await delivery({ counts: () => () => 0 });
    await expect(run()).rejects.toThrow('it has done 0 pieces of work, and 100 are wanted');
    expect(waited()).toBe(plan.stepSeconds + plan.patienceSeconds);
  });

  test('is removed when nothing can be measured', async () => {
    const { fake, run, said } = await delivery({ counts: () => undefined });
    await expect(run()).rejects.toThrow('there are no measurements');
    expect(said).toContain('It could not be measured: Prometheus answered 503');
    expect(Object.keys(fake.state().deployments)).toEqual(['metadata']);
  });

  test('is removed when the delivery is broken off', async () => {
    const { fake, run, stop } = await delivery();
    const brokenOff = run(async () => {
      expect(fake.imageOf('metadata-canary')).toBe(newImage);
      stop.abort();
      throw stop.signal.reason;
    });
    await expect(brokenOff).rejects.toThrow('aborted');
    expect(Object.keys(fake.state().deployments)).toEqual(['metadata']);
    expect(fake.imageOf('metadata')).toBe(oldImage);
  });

  test('that runs already changes nothing', async () => {
    const { fake, run } = await delivery();
    await run();
    const { commands } = fake.state();
    await run();
    expect(fake.state().commands.slice(commands.length)).toEqual([
      'delete deployment metadata-canary',
      'get deployment metadata',
    ]);
  });
});

describe("a canary's Deployment", () => {
  test('is the other one but for name, image, number and two labels, so that its Service finds both', async () => {
    const { fake, run } = await delivery();
    const { metadata } = fake.state().deployments;
    let seen: FakeCluster['deployments'][string] | undefined;
    await run(async () => {
      seen ??= fake.state().deployments['metadata-canary'];
    });
    const labels = { 'flixtube.io/track': 'canary', 'flixtube.io/canary-of': 'metadata-canary' };
    expect(seen?.spec.template.metadata.labels).toEqual({ ...metadata?.spec.template.metadata.labels, ...labels });
    expect(seen?.spec.selector.matchLabels).toEqual({ ...metadata?.spec.selector.matchLabels, ...labels });
    expect(seen?.spec.template.spec).toEqual({
      serviceAccountName: 'metadata',
      containers: [{ name: 'metadata', image: newImage }],
    });
  });

  test.each([
    [0.1, 2, 1],
    [0.1, 20, 2],
    [0.5, 4, 4],
    [0.5, 0, 1],
  ])('has for a share of %d beside %d pods %d', (weight, others, canaries) => {
    expect(canariesFor(weight, others)).toBe(canaries);
  });
});

test('what is counted: by job, with canaries told by the name of their pod, and without health checks', async () => {
  const { run, queries } = await delivery();
  await run();
  expect(queries).toContain(
    'sum(http_request_duration_seconds_count{job="metadata",pod=~"metadata-canary-.+",route!~"/health/.*|/metrics",status=~"5.."})',
  );
  expect(queries).toContain(
    'sum(increase(message_handling_duration_seconds_count{job="metadata",pod!~"metadata-canary-.+"}[60s]))',
  );
});

describe('a judgement', () => {
  const nothing = { done: 0, failed: 0 };
  const work = (o: Partial<WorkByKind>): WorkByKind => ({ requests: nothing, messages: nothing, tasks: nothing, ...o });

  test('is bad for lost messages, however many requests went well', () => {
    const canary = work({ requests: { done: 100_000, failed: 0 }, messages: { done: 50, failed: 5 } });
    expect(judge(canary, work({}), limits)).toMatchObject({
      is: 'bad',
      because: expect.stringContaining('50 messages'),
    });
  });

  test('takes failures that the old version has too for no fault of the new one', () => {
    const failing = work({ requests: { done: 1_000, failed: 100 } });
    expect(judge(failing, failing, limits)).toEqual({ is: 'good' });
  });

  test('takes a few failures for chance', () => {
    expect(judge(work({ requests: { done: 100, failed: 4 } }), work({}), limits)).toEqual({ is: 'good' });
  });
});

/** A new version of one service, brought in beside the old one step by step, and taken back when it does worse. */
import { type Judgement, judge, type Limits, type WorkByKind } from './judgement.ts';

/** The cluster, as far as one service is concerned. Whatever it does not manage, it throws. */
export interface Cluster {
  /** What runs now. */
  running(): Promise<{ image: string; replicas: number }>;
  /** Has so many pods of the new version run beside the others, under the same name for callers, and waits until all are ready. */
  runCanary(image: string, replicas: number): Promise<void>;
  /** How often containers of the canary have ended by themselves. */
  canaryRestarts(): Promise<number>;
  /** The same of all pods of a version. */
  restarts(image: string): Promise<number>;
  /** Removes the canary, and does nothing where there is none. */
  removeCanary(): Promise<void>;
  /** Replaces pod after pod by the new version, and waits until all are ready. */
  replace(image: string): Promise<void>;
  /** Has all pods be of the image that ran before, and waits until they are ready; nothing where they are of it already. */
  goBack(image: string): Promise<void>;
}

/** What the pods of a service have done. */
export interface Measurements {
  /** By the canary since its first pod started. */
  canary(): Promise<WorkByKind>;
  /** By the other pods in the last so many seconds. */
  others(seconds: number): Promise<WorkByKind>;
}

export interface Plan {
  image: string;
  /** Share of the pods, 0..1, that are canaries in each step. */
  weights: readonly number[];
  /** How long each step is watched. */
  stepSeconds: number;
  /** How much longer than that a canary may take to have done enough to be judged. */
  patienceSeconds: number;
  limits: Limits;
}

export interface Around {
  cluster: Cluster;
  measurements: Measurements;
  /** Waits, and throws when it is broken off. */
  wait(seconds: number): Promise<void>;
  say(line: string): void;
}

/** The new version was taken back, or not let in at all. The message says why; what ran before runs on. */
export class RolledBack extends Error {
  override name = 'RolledBack';
}

const lookEverySeconds = 15;
/** In a row: without measurements nothing can be judged. */
const lostLooks = 4;

/**
 * Brings in `plan.image`: some pods at first, watched, then more, then all of them, watched once more. The pods of the old
 * version stay as they are until the canary has passed, so that taking it back is to remove it.
 * @throws RolledBack when the new version does worse; also whatever keeps it from starting. The canary is gone then.
 */
export async function bringIn(plan: Plan, around: Around): Promise<void> {
  const { cluster, say } = around;
  // What a run that was killed has left.
  await cluster.removeCanary();
  const before = await cluster.running();
  if (before.image === plan.image) {
    say(`It runs already: ${plan.image}`);
    return;
  }
  try {
    let seconds = 0;
    for (const weight of plan.weights) {
      const replicas = canariesFor(weight, before.replicas);
      say(`${replicas} of ${replicas + before.replicas} pods become canaries`);
      await cluster.runCanary(plan.image, replicas).catch((error) => {
        throw new RolledBack(`The canary does not get ready: ${error.message}`);
      });
      seconds = await watchCanary(plan, around, seconds);
    }
    const baseline = await around.measurements.others(Math.max(seconds, plan.stepSeconds));
    say('The canary does well: all pods are replaced, one after the other');
    await replaceAll(plan, around, { image: before.image, baseline });
  } finally {
    await cluster.removeCanary();
  }
}

/** So many that they are the share of all pods together; at least one. */
export function canariesFor(weight: number, others: number): number {
  return Math.max(1, Math.round((others * weight) / (1 - weight)));
}

/** Watches one step, and answers for how many seconds the canary has run by its end. */
async function watchCanary(plan: Plan, { cluster, measurements, wait, say }: Around, from: number): Promise<number> {
  let lost = 0;
  let last: Judgement = { is: 'unknown', because: 'it was not measured' };
  for (let seconds = from; seconds - from < plan.stepSeconds + plan.patienceSeconds; ) {
    await wait(lookEverySeconds);
    seconds += lookEverySeconds;
    const restarts = await cluster.canaryRestarts();
    if (restarts > 0) throw new RolledBack(`Its containers ended by themselves: ${restarts} restarts`);
    try {
      const others = await measurements.others(Math.max(seconds, plan.stepSeconds));
      last = judge(await measurements.canary(), others, plan.limits);
      lost = 0;
    } catch (error) {
      lost += 1;
      say(`It could not be measured: ${(error as Error).message}`);
      if (lost >= lostLooks) throw new RolledBack('It cannot be judged: there are no measurements');
      continue;
    }
    if (last.is === 'bad') throw new RolledBack(`It does worse than what runs: ${last.because}`);
    if (last.is === 'good' && seconds - from >= plan.stepSeconds) return seconds;
  }
  throw new RolledBack(`It cannot be judged: ${last.is === 'good' ? 'it was not measured' : last.because}`);
}

/** Replaces all pods, and takes that back when they then do worse than their forerunners did. */
async function replaceAll(plan: Plan, around: Around, before: { image: string; baseline: WorkByKind }): Promise<void> {
  const { cluster, measurements, wait, say } = around;
  const takeBack = async (why: string): Promise<never> => {
    say(`${why}: what ran before comes back`);
    try {
      // First what is quickest: until then half of all work is the canary's, and a job that is cancelled has seconds left.
      await cluster.removeCanary();
    } finally {
      await cluster.goBack(before.image).catch((error) => {
        throw new Error(`${why}, and what ran before is not back: ${error.message}. It was ${before.image}`);
      });
    }
    throw new RolledBack(why);
  };
  try {
    await cluster.replace(plan.image);
  } catch (error) {
    await takeBack(`Not all pods get ready: ${(error as Error).message}`);
  }
  // It takes all the work now: a canary beside it would be judged with it.
  await cluster.removeCanary();
  for (let seconds = lookEverySeconds; seconds <= plan.stepSeconds; seconds += lookEverySeconds) {
    await wait(lookEverySeconds);
    // What dies answers nothing, so it is its callers that count the errors.
    const restarts = await cluster.restarts(plan.image);
    if (restarts > 0) await takeBack(`With all pods its containers ended by themselves: ${restarts} restarts`);
    const work = await measurements.others(seconds).catch((error: Error) => {
      say(`It could not be measured: ${error.message}`);
      return undefined;
    });
    const judgement = work && judge(work, before.baseline, { ...plan.limits, leastWork: 0 });
    if (judgement?.is === 'bad') await takeBack(`With all pods it does worse: ${judgement.because}`);
  }
  say(`All pods run ${plan.image}`);
}

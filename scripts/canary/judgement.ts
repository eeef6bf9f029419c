/** Whether a new version does its work as well as the one that it is to replace. */

/** What a service does that can fail, each judged by itself: many good requests do not outweigh lost messages. */
export const kindsOfWork = ['requests', 'messages', 'tasks'] as const;
export type KindOfWork = (typeof kindsOfWork)[number];

/** How much of one kind was done, and how much of that went wrong. */
export interface Work {
  done: number;
  failed: number;
}
export type WorkByKind = Record<KindOfWork, Work>;

export interface Limits {
  /** Share of failures, 0..1, that a new version may have beyond twice that of the old one. */
  share: number;
  /** Fewer failures than this are chance, whatever share they are. */
  failures: number;
  /** How much a canary must have done, of all kinds together, before nothing bad means good. */
  leastWork: number;
}

/** How a new version does: `good`, `bad` with the reason for a person, or `unknown` while it has done too little. */
export type Judgement = { is: 'good' } | { is: 'bad' | 'unknown'; because: string };

/** Judges by what both versions have done in the same time. */
export function judge(canary: WorkByKind, stable: WorkByKind, limits: Limits): Judgement {
  for (const kind of kindsOfWork) {
    const { done, failed } = canary[kind];
    const allowed = limits.share + 2 * shareOf(stable[kind]);
    if (failed >= limits.failures && shareOf(canary[kind]) > allowed) {
      const of = `${percent(shareOf(canary[kind]))} of its ${done} ${kind} failed`;
      return { is: 'bad', because: `${of}, and ${percent(shareOf(stable[kind]))} of the others'` };
    }
  }
  const total = kindsOfWork.reduce((sum, kind) => sum + canary[kind].done, 0);
  if (total >= limits.leastWork) return { is: 'good' };
  return { is: 'unknown', because: `it has done ${total} pieces of work, and ${limits.leastWork} are wanted` };
}

function shareOf({ done, failed }: Work): number {
  return done === 0 ? 0 : failed / done;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

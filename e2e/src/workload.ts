import { randomUUID } from 'node:crypto';
import type { Video } from '@flixtube/contracts/http/video';
import { fakeClip, sha256 } from './clips.ts';
import { Viewer } from './viewer.ts';

/** What was promised to a publisher: this video, with these bytes. */
interface Acknowledged {
  id: string;
  title: string;
  sha256: string;
  sizeBytes: number;
}

/** What ten publishers and ten viewers saw while they were at work. */
export interface Seen {
  acknowledged: Acknowledged[];
  /** Viewers whose ten seconds of the watched video were accepted: each must count as one view, once. */
  counted: number;
  /** Refusals by status, and how often a connection broke. */
  refusals: Map<string, number>;
  /** What must never happen: wrong bytes, an error that is not problem+json. */
  wrong: string[];
}

/** Publishers and viewers at work until `stop` is aborted; each then finishes what it has in hand. */
export async function work(url: string, watched: Video, stop: AbortSignal): Promise<Seen> {
  const seen: Seen = { acknowledged: [], counted: 0, refusals: new Map(), wrong: [] };
  const publishers = Array.from({ length: 10 }, (_, n) => publish(url, n, seen, stop));
  const viewers = Array.from({ length: 10 }, () => watch(url, watched, seen, stop));
  await Promise.all([...publishers, ...viewers]);
  return seen;
}

async function publish(url: string, publisher: number, seen: Seen, stop: AbortSignal): Promise<void> {
  const viewer = new Viewer(url);
  for (let n = 0; !stop.aborted; n += 1) {
    const bytes = fakeClip(150_000 + 50_000 * publisher, publisher * 1000 + n);
    const title = `Publisher ${publisher} video ${n} ${randomUUID()}`;
    await attempt(seen, async () => {
      const answer = await viewer.upload(bytes, title);
      if (answer.status === 201) {
        seen.acknowledged.push({ id: answer.body.id, title, sha256: sha256(bytes), sizeBytes: bytes.length });
      }
      return answer;
    });
    await pause(500);
  }
}

async function watch(url: string, watched: Video, seen: Seen, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const viewer = new Viewer(url);
    const sessionId = randomUUID();
    const known = seen.acknowledged.at(-1);
    if (known !== undefined) {
      await attempt(seen, async () => {
        const answer = await viewer.ask<Uint8Array>(`/api/videos/${known.id}/file`);
        if (answer.status === 200 && sha256(answer.body) !== known.sha256) seen.wrong.push(`bytes of ${known.id}`);
        return answer;
      });
    }
    // A player goes on telling until it is heard; only then it may leave.
    for (let heard = false; !heard; ) {
      await attempt(seen, async () => {
        const answer = await viewer.progress(watched.id, {
          sessionId,
          positionSeconds: 12,
          watchedSeconds: 12,
          durationSeconds: 100,
        });
        heard = answer.status === 202;
        return answer;
      });
      if (!heard) await pause(500);
    }
    seen.counted += 1;
    await pause(500);
  }
}

/** Does one thing and notes how it was refused; a broken connection is an answer too. */
async function attempt(seen: Seen, act: () => Promise<{ status: number; headers: Headers }>): Promise<void> {
  let outcome: string;
  try {
    const { status, headers } = await act();
    if (status < 400) return;
    outcome = String(status);
    if (!(headers.get('content-type') ?? '').startsWith('application/problem+json'))
      seen.wrong.push(`a ${status} that is no problem+json`);
    if (status < 500 && status !== 404) seen.wrong.push(`a ${status} to good input`);
    if (status === 500) seen.wrong.push('a 500');
  } catch {
    outcome = 'connection lost';
  }
  seen.refusals.set(outcome, (seen.refusals.get(outcome) ?? 0) + 1);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

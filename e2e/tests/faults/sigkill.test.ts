import type { Video } from '@flixtube/contracts/http/video';
import type { ComponentName } from '@flixtube/dev-env/system';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fakeClip, sha256 } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { type System, startIsolatedSystem } from '../../src/system.ts';
import { inShort, Viewer } from '../../src/viewer.ts';
import { type Seen, work } from '../../src/workload.ts';

/** How long publishers and viewers work before the kill, and after everything is ready again. */
const workMilliseconds = 3000;

/** How long the queues may take to run empty. */
const settleSeconds = 120;

describe('a process is killed with SIGKILL while ten publishers and ten viewers are at work', () => {
  let system: System;
  let publisher: Viewer;

  beforeAll(async () => {
    system = await startIsolatedSystem();
    publisher = new Viewer(system.url);
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  it.each<ComponentName>([
    'gateway',
    'metadata',
    'video-upload',
    'video-storage',
    'video-streaming',
    'history',
    'video-processing',
    'rabbitmq',
    'mongodb',
    'azurite',
  ])(
    'when it is %s and it comes back, then nothing acknowledged is lost and every view counts once',
    async (victim) => {
      const watched = await uploadWatched();
      const stop = new AbortController();
      const working = work(system.url, watched, stop.signal);
      try {
        await delay(workMilliseconds);
        await system.kill(victim);
        await system.ready();
        await delay(workMilliseconds);
      } finally {
        stop.abort();
      }
      const seen = await working;

      expect(seen.wrong).toEqual([]);
      expect(seen.acknowledged.length).toBeGreaterThan(10);
      await everyAcknowledgedIsThereOnce(seen);
      await eventually(
        async () => {
          const { body } = await publisher.ask<Video>(`/api/videos/${watched.id}`);
          return { views: body.viewCount, told: seen.counted };
        },
        ({ views, told }) => views === told,
        settleSeconds,
      );
    },
    400_000,
  );

  async function uploadWatched(): Promise<Video> {
    const answer = await publisher.upload(fakeClip(20_000, 99), 'Watched by everyone');
    expect(inShort(answer)).toBe('201');
    return answer.body;
  }

  async function everyAcknowledgedIsThereOnce(seen: Seen): Promise<void> {
    const listed = await eventually(
      async () => (await publisher.listAll({ limit: '100' })).filter((video) => video.title.startsWith('Publisher')),
      (videos) => seen.acknowledged.every(({ id }) => videos.some((video) => video.id === id)),
      settleSeconds,
    );
    expect(new Set(listed.map((video) => video.id)).size).toBe(listed.length);
    for (const promised of seen.acknowledged) {
      const { status, body } = await publisher.ask<Uint8Array>(`/api/videos/${promised.id}/file`);
      expect({ id: promised.id, status, sha256: sha256(body) }).toEqual({
        id: promised.id,
        status: 200,
        sha256: promised.sha256,
      });
    }
  }
});

const delay = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

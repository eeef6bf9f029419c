import { setTimeout as delay } from 'node:timers/promises';
import type { Video } from '@flixtube/contracts/http/video';
import type { ComponentName } from '@flixtube/dev-env/system';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { fakeClip, sha256 } from '../../src/clips.ts';
import { unreadConnections } from '../../src/connections.ts';
import { eventually } from '../../src/eventually.ts';
import { LargeClip } from '../../src/large-clip.ts';
import { type Memory, MemoryWatch } from '../../src/memory.ts';
import { SlowViewer } from '../../src/slow-viewer.ts';
import { type System, startIsolatedSystem } from '../../src/system.ts';
import { inShort, Viewer } from '../../src/viewer.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const clip = new LargeClip(Number(process.env.FLIXTUBE_LARGE_GIB ?? 1) * GiB);
const mostGrowth = 100e6;
const backends: ComponentName[] = ['rabbitmq', 'mongodb', 'azurite'];
/** The connections that a viewer's bytes pass, from the store to the gateway. */
const hops: ComponentName[] = ['azurite', 'video-storage', 'video-streaming'];

const viewers = { count: 50, bytesPerSecond: 256 * 1024, seconds: 20 };

describe('a video of several GiB', () => {
  let system: System;
  let publisher: Viewer;
  let memory: MemoryWatch;
  let video: Video;

  beforeAll(async () => {
    system = await startIsolatedSystem();
    publisher = new Viewer(system.url);
    await warmUp();
    memory = await MemoryWatch.begin(system);
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  it('when it is uploaded, then it is stored whole and no service grows by more than 100 MB', async () => {
    const begun = performance.now();
    // Not by fetch, which keeps all that it has sent of a stream.
    const answer = await request(new URL('/api/videos?title=Larger%20than%20any%20memory', system.url), {
      method: 'POST',
      headers: { 'content-type': 'video/mp4' },
      body: clip.stream(),
      headersTimeout: 900_000,
    });
    const seconds = (performance.now() - begun) / 1000;
    expect(answer.statusCode).toBe(201);
    video = (await answer.body.json()) as Video;
    expect(video.sizeBytes).toBe(clip.sizeBytes);
    // The validator of a file is the SHA-256 of what was stored.
    const head = await publisher.ask(`/api/videos/${video.id}/file`, { method: 'HEAD' });
    expect(head.headers.get('etag')).toBe(`"${clip.sha256}"`);
    const speed = clip.sizeBytes / MiB / seconds;
    expect(overgrown(await figures(`${clip.sizeBytes / GiB} GiB uploaded at ${speed.toFixed(0)} MiB/s`))).toEqual([]);
  }, 900_000);

  it('when fifty slow viewers watch it and all leave at once, then no service grows by more than 100 MB, others are answered, and nothing is read any more', async () => {
    const apart = clip.sizeBytes / viewers.count;
    // One after another, each as soon as the one before is served: fifty at the same instant are another test.
    const watching: SlowViewer[] = [];
    for (let n = 0; n < viewers.count; n += 1) {
      const reading = { videoId: video.id, clip, start: Math.floor(n * apart), bytesPerSecond: viewers.bytesPerSecond };
      watching.push(await SlowViewer.join(system.url, reading));
    }
    const waits = await listFor(viewers.seconds);
    const unreadMeanwhile = await unread();
    for (const viewer of watching) viewer.leave();
    // The store's own connections too: none goes on being filled for someone who has left.
    await eventually(unread, (left) => Object.values(left).every((count) => count === 0), 5);

    expect(
      overgrown(
        await figures(`${viewers.count} slow viewers; the list took ${Math.max(...waits).toFixed(0)} ms at most`),
      ),
    ).toEqual([]);
    expect(Math.max(...waits)).toBeLessThan(2000);
    expect(watching.flatMap((viewer) => viewer.wrong)).toEqual([]);
    // Else the fifty were not what they should be: readers who were served all along, of bytes that waited for them.
    expect(Math.min(...watching.map((viewer) => viewer.received))).toBeGreaterThan(MiB);
    expect(unreadMeanwhile.azurite).toBeGreaterThan(viewers.count / 2);
  }, 120_000);

  it.each([
    ['first', 0],
    ['middle', clip.sizeBytes / 2 - 12_345],
    ['last', clip.sizeBytes - MiB],
  ])('when its %s MiB is asked for, then these bytes come', async (_, start) => {
    const { status, headers, body } = await publisher.ask<Uint8Array>(`/api/videos/${video.id}/file`, {
      headers: { range: `bytes=${start}-${start + MiB - 1}` },
    });
    expect(status).toBe(206);
    expect(headers.get('content-range')).toBe(`bytes ${start}-${start + MiB - 1}/${clip.sizeBytes}`);
    expect(sha256(body)).toBe(sha256(clip.part(start, MiB)));
  });

  /** What a service holds once it has done its work on something small: the rest is what the large video costs. */
  async function warmUp(): Promise<void> {
    const { body } = await publisher.upload(fakeClip(16 * MiB, 1), 'Small enough');
    await publisher.ask(`/api/videos/${body.id}/file`);
  }

  /** Asks for the list twice a second, and tells how long each took, in milliseconds. */
  async function listFor(seconds: number): Promise<number[]> {
    const waits: number[] = [];
    for (const end = performance.now() + seconds * 1000; performance.now() < end; await delay(500)) {
      const asked = performance.now();
      const answer = await publisher.list();
      waits.push(performance.now() - asked);
      expect(inShort(answer)).toBe('200');
    }
    return waits;
  }

  async function unread(): Promise<Partial<Record<ComponentName, number>>> {
    const counts = await Promise.all(hops.map(async (name) => [name, await unreadConnections(system.portOf(name))]));
    return Object.fromEntries(counts);
  }

  /** What each process holds, and has held; said too, since figures that are good are worth knowing. */
  async function figures(after: string): Promise<Map<ComponentName, Memory>> {
    const read = await memory.read();
    const lines = [...read].map(([name, { before, peak, now }]) => {
      const [first, most, last] = [before, peak, now].map((bytes) => (bytes / 1e6).toFixed(0));
      return `  ${name}: ${first} MB before, ${most} MB at most, ${last} MB now`;
    });
    process.stderr.write(`${after}\n${lines.join('\n')}\n`);
    return read;
  }
});

/** The services that grew by more than they may, and by how much. A backend's memory is its own affair. */
function overgrown(memory: Map<ComponentName, Memory>): string[] {
  return [...memory]
    .filter(([name, { before, peak }]) => !backends.includes(name) && peak - before > mostGrowth)
    .map(([name, { before, peak }]) => `${name} grew by ${((peak - before) / 1e6).toFixed(0)} MB`);
}

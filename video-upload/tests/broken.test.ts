import { request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, send, videoBytes } from './support/sending.ts';
import { createSystem, eventually, type System } from './support/system.ts';

const file = videoBytes(400_000);
const soon = { UPLOAD_ABANDONED_SECONDS: '2', UPLOAD_SWEEP_SECONDS: '0.3' };

describe('an upload that breaks', () => {
  let system: System;
  let url: string;

  beforeAll(async () => {
    system = await createSystem();
    url = (await system.start()).url;
  });
  afterAll(() => system.close());
  afterEach(() => {
    system.storage.mood = 'well';
    system.storage.afterBytes = 0;
    system.storage.beforeCommit = async () => {};
    system.storage.keepsAll = false;
  });

  async function nothingLeft(): Promise<void> {
    await eventually(
      async () => [...system.storage.keys, ...(await system.records()).map(({ _id, state }) => `${_id} ${state}`)],
      (left) => left.length === 0,
    );
    expect(system.probe.published('video.uploaded')).toEqual([]);
    expect(system.metadata.announced).toEqual([]);
  }

  it.each([true, false])('the connection is cut anywhere (length declared: %s): nothing is left', async (declared) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: file.length - 1 }), async (bytes) => {
        await cutAfter(bytes, declared);
        await nothingLeft();
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  /** Sends so many bytes and breaks the connection, not before the service has begun with it. */
  async function cutAfter(bytes: number, declared: boolean): Promise<void> {
    const req = httpRequest(`${url}/api/videos?title=cut`, {
      method: 'POST',
      agent: false,
      headers: {
        ...(await system.viewer()),
        'content-type': 'video/mp4',
        ...(declared ? { 'content-length': file.length } : { 'transfer-encoding': 'chunked' }),
      },
    });
    const closed = new Promise((resolve) => req.on('error', () => {}).on('close', resolve));
    req.flushHeaders();
    if (bytes > 0) await new Promise((resolve) => req.write(file.subarray(0, bytes), resolve));
    await eventually(
      () => system.records(),
      (records) => records.length > 0,
    );
    req.destroy();
    await closed;
  }

  const behindUs: [string, () => void, number[]][] = [
    [
      'video-storage dies in the middle',
      () => {
        system.storage.mood = 'dies';
        system.storage.afterBytes = 100_000;
      },
      [502, 503],
    ],
    [
      'video-storage dies at the first byte',
      () => {
        system.storage.mood = 'dies';
      },
      [502, 503],
    ],
    [
      'video-storage has another SHA-256',
      () => {
        system.storage.mood = 'wrong-sha';
      },
      [502],
    ],
    [
      'video-storage has another size',
      () => {
        system.storage.mood = 'wrong-size';
      },
      [502],
    ],
    [
      'video-storage answers nonsense',
      () => {
        system.storage.mood = 'nonsense';
      },
      [502],
    ],
    [
      'video-storage refuses the key',
      () => {
        system.storage.mood = 'refuses';
      },
      [502],
    ],
  ];
  it.each(behindUs)('%s: a clear 5xx, and nothing is left', async (_, breakIt, statuses) => {
    breakIt();
    // Of a store that dies nobody knows what it has done with a whole body, so this one is not whole yet.
    const rest = Promise.withResolvers<void>();
    const unfinished = (async function* () {
      yield file;
      await rest.promise;
    })();
    const body = system.storage.mood === 'dies' ? unfinished : file;

    const answer = await send(url, { headers: await system.viewer(), body });
    rest.resolve();

    expect(statuses).toContain(answer.status);
    expectProblem(answer);
    await nothingLeft();
  });

  it('a sweep gives it up in the middle: 503 at the next heartbeat, and nothing is left', async () => {
    const { url: nervous } = await system.start({ UPLOAD_ABANDONED_SECONDS: '1.2', UPLOAD_SWEEP_SECONDS: '1000' });
    const never = Promise.withResolvers<void>();
    const body = (async function* () {
      yield file;
      await never.promise;
    })();
    const sending = send(nervous, { headers: await system.viewer(), body });
    await eventually(
      () => system.storage.keys.length,
      (count) => count > 0,
    );
    await system.database.db.collection('uploads').deleteMany({});

    expect((await sending).status).toBe(503);
    never.resolve();
    await nothingLeft();
  });

  it.each(['given up', 'removed'])(
    'its record is %s just before the commit: 503, never committed, and nothing is left',
    async (how) => {
      const records = system.database.db.collection('uploads');
      system.storage.beforeCommit = async () => {
        if (how === 'removed') await records.deleteMany({});
        else await records.updateMany({}, { $set: { state: 'abandoned' } });
      };

      const answer = await send(url, { headers: await system.viewer(), body: file });

      expect(answer.status).toBe(503);
      expectProblem(answer);
      await nothingLeft();
    },
  );

  // From here on with a service that sweeps soon: what remains at the store can only be removed later.
  it('its record is removed just before the commit, and the store cannot remove: it is known until it can', async () => {
    const { url: sweeping } = await system.start(soon);
    system.storage.keepsAll = true;
    system.storage.beforeCommit = async () => {
      await system.database.db.collection('uploads').deleteMany({});
    };

    expect((await send(sweeping, { headers: await system.viewer(), body: file })).status).toBe(503);
    expect(system.storage.keys).toHaveLength(1);
    system.storage.keepsAll = false;

    await nothingLeft();
  });

  it('the client leaves when all bytes are there, before the commit: nothing is left', async () => {
    const { url: sweeping } = await system.start(soon);
    const removals = system.storage.removed.length;
    const committing = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    system.storage.beforeCommit = () => {
      committing.resolve();
      return mayCommit.promise;
    };
    const req = httpRequest(`${sweeping}/api/videos?title=left`, {
      method: 'POST',
      agent: false,
      headers: { ...(await system.viewer()), 'content-type': 'video/mp4', 'content-length': file.length },
    });
    req.on('error', () => {});
    req.end(file);
    await committing.promise;
    req.destroy();
    // Removed at once; the store commits only now, and what it then has is removed by the sweep.
    await eventually(
      () => system.storage.removed.length,
      (count) => count > removals,
    );
    system.storage.beforeCommit = async () => {};
    mayCommit.resolve();
    await nothingLeft();
  });

  it('video-storage is not there, and comes back: 503, and the next upload is taken', async () => {
    const { url: sweeping } = await system.start(soon);
    await system.storage.stop();
    const answer = await send(sweeping, { headers: await system.viewer(), body: file }).finally(() =>
      system.storage.start(),
    );

    expect(answer.status).toBe(503);
    expectProblem(answer);
    await nothingLeft();
    const next = await eventually(
      async () => send(url, { headers: await system.viewer(), body: file }),
      ({ status }) => status === 201,
    );
    expect(system.storage.objects.has(`videos/${next.body.id}/source`)).toBe(true);
  });
});

function expectProblem({ headers, body, status }: Answer): void {
  expect(headers['content-type']).toBe('application/problem+json');
  expect(body).toMatchObject({ status, detail: expect.stringMatching(/again/) });
  expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONN|undici|sha|socket/i);
}

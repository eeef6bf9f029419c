import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BlockBuffers } from '../src/domain/block-buffers.ts';
import { answerTo, createStorage, eventually, MiB, type Storage, video } from './support/storage.ts';

describe('buffers that all uploads share', () => {
  const buffers = new BlockBuffers({ blockBytes: 4 * MiB, most: 2 });
  let storage: Storage;
  beforeAll(async () => {
    storage = await createStorage({ overrides: { blockBuffers: buffers } });
  });
  afterAll(() => storage.close());

  const address = (key: string) => `/internal/objects/videos/${key}/source?accept=video/*`;
  const blockAddress = (key: string) =>
    `/internal/blocks/videos/${key}/source?block=${createHash('sha1').update(key).digest('hex')}`;
  const settled = () =>
    eventually(
      () => [buffers.taken, buffers.waiting],
      ([taken, waiting]) => taken === 0 && waiting === 0,
      2_000,
    );

  it('when many upload at once, then they take turns, and each is stored as it was sent', async () => {
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, buffers.waiting);
    }, 1);
    const files = Array.from({ length: 6 }, () => video(9 * MiB + 5));
    const blocks = Array.from({ length: 6 }, () => video(4 * MiB));
    const [stored, staged] = await Promise.all([
      Promise.all(files.map((body, n) => storage.ask('PUT', address(`many-${n}`), { body }))),
      Promise.all(blocks.map((body, n) => storage.ask('PUT', blockAddress(`many-${n}-block`), { body }))),
    ]);
    clearInterval(watching);

    expect(most).toBeGreaterThan(0);
    expect([...stored, ...staged].map(({ status }) => status)).toEqual(Array(12).fill(201));
    for (const [n, file] of files.entries()) {
      expect((await storage.get(`videos/many-${n}/source`)).body.equals(file)).toBe(true);
    }
    await settled();
  }, 60_000);

  it('when all are held by slow senders, then another one waits for seconds only, and theirs end whole', async () => {
    const beginning = video(5000);
    const slow = await Promise.all(['slow-1', 'slow-2'].map((key) => storage.begin('PUT', address(key))));
    for (const one of slow) one.write(beginning);
    await eventually(
      () => buffers.taken,
      (taken) => taken === 2,
    );
    expect((await storage.ask('PUT', address('other'), { body: video(5 * MiB) })).status).toBe(201);
    for (const one of slow) {
      const answer = answerTo(one);
      one.end('the end');
      expect((await answer).status).toBe(201);
    }
    const whole = Buffer.concat([beginning, Buffer.from('the end')]);
    for (const key of ['slow-1', 'slow-2']) {
      expect((await storage.get(`videos/${key}/source`)).body.equals(whole)).toBe(true);
    }
    await settled();
  }, 60_000);

  it('when a sender is cut off, or refused, or says nothing, then its buffer is given back', async () => {
    for (const path of [address('cut'), blockAddress('cut-block')]) {
      const cut = await storage.begin('PUT', path);
      cut.write(video(MiB));
      await eventually(
        () => buffers.taken,
        (taken) => taken === 1,
      );
      cut.destroy();
      await settled();
      await storage.begin('PUT', path).then((silent) => silent.flushHeaders());
    }
    const text = Buffer.alloc(MiB, 'no video');
    for (const path of [address('text'), `${blockAddress('text-block')}&accept=video/*`]) {
      expect((await storage.ask('PUT', path, { body: text })).status).toBe(415);
      await settled();
    }
    expect((await storage.ask('PUT', blockAddress('long'), { body: video(4 * MiB + 1) })).status).toBe(413);
    await settled();
  }, 60_000);

  it('when the store is away, then they are given back, too', async () => {
    storage.link.cut();
    const answers = await Promise.all(
      [address('away'), blockAddress('away-block')].map((path) => storage.ask('PUT', path, { body: video(3 * MiB) })),
    );
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    await settled();
    storage.link.mend();
  }, 60_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noVideo } from './support/fake-storage.ts';
import { type Sending, send, videoBytes } from './support/sending.ts';
import { createSystem, eventually, type System } from './support/system.ts';

const megabyte = 1024 * 1024;

describe('POST /api/videos with what cannot be taken', () => {
  let system: System;
  let url: string;

  beforeAll(async () => {
    system = await createSystem();
    url = (await system.start({ UPLOAD_MAX_BYTES: '1MiB' })).url;
  });
  afterAll(() => system.close());

  async function refused(sending: Omit<Sending, 'headers'> & { headers?: Record<string, string> }, at = url) {
    const puts = system.storage.accepted.length;
    const answer = await send(at, {
      body: videoBytes(1000),
      ...sending,
      headers: { ...(await system.viewer()), ...sending.headers },
    });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status: answer.status, title: expect.any(String), detail: expect.any(String) });
    expect(JSON.stringify(answer.body)).not.toMatch(/127\.0\.0\.1|node_modules|\.ts:|mongo|zod|stor(e|age)-/i);
    await eventually(
      () => system.records(),
      (records) => records.length === 0,
    );
    expect(system.storage.keys).toEqual([]);
    return {
      status: answer.status,
      errors: answer.body.errors ?? [],
      fields: (answer.body.errors ?? []).map(({ path }) => path),
      reachedStorage: system.storage.accepted.length > puts,
    };
  }

  it.each([
    ['no title', 'description=x', 'title'],
    ['an empty title', 'title=', 'title'],
    ['a title of blanks', 'title=%20%09', 'title'],
    ['a title of 5,000 characters', `title=${'a'.repeat(5000)}`, 'title'],
    ['a control character', 'title=a%07b', 'title'],
    ['NUL', 'title=a%00b', 'title'],
    ['broken UTF-8', 'title=%ff%fe', 'title'],
    ['a broken escape', 'title=%zz', 'title'],
    ['a repeated title', 'title=a&title=b', 'title'],
    ['a nested title', 'title[$gt]=', 'title'],
    ['a description that is too long', `title=a&description=${'a'.repeat(5001)}`, 'description'],
    ['an unknown parameter', 'title=a&ownerId=someone', 'ownerId'],
    ['a path as parameter', 'title=a&../../etc/passwd=1', '../../etc/passwd'],
  ])('%s: 400 that names it, and no byte is read', async (_, query, field) => {
    const answer = await refused({ query, body: videoBytes(megabyte) });

    expect(answer).toMatchObject({ status: 400, reachedStorage: false });
    expect(answer.fields).toContain(field);
  });

  it.each([
    ['text', { 'content-type': 'text/plain' }, 'Content-Type'],
    ['a form', { 'content-type': 'multipart/form-data; boundary=x' }, 'Content-Type'],
    ['no subtype', { 'content-type': 'video/' }, 'Content-Type'],
    ['an empty type', { 'content-type': '' }, 'Content-Type'],
    ['what only begins like one', { 'content-type': 'video/mp4\\evil' }, 'Content-Type'],
    ['a compressed body', { 'content-encoding': 'gzip' }, 'Content-Encoding'],
  ])('%s: 415 that names the header, and no byte is read', async (_, headers, field) => {
    const answer = await refused({ headers });

    expect(answer).toMatchObject({ status: 415, fields: [field], reachedStorage: false });
  });

  it('a declared length beyond the limit: 413 before a byte of it is sent on', async () => {
    const answer = await refused({ length: megabyte + 1, body: videoBytes(megabyte + 1) });

    expect(answer).toMatchObject({ status: 413, fields: ['body'], reachedStorage: false });
  });

  it('a chunked body beyond the limit: 413 as soon as it is, and nothing is left', async () => {
    const endless = (function* () {
      for (let index = 0; index < 200; index += 1) yield videoBytes(64 * 1024, index);
    })();

    expect(await refused({ body: endless })).toMatchObject({ status: 413, fields: ['body'], reachedStorage: true });
  });

  it('a body of just the limit: is taken', async () => {
    const answer = await send(url, { headers: await system.viewer(), body: videoBytes(megabyte) });

    expect(answer.status).toBe(201);
    system.storage.objects.clear();
    await eventually(
      () => system.records(),
      ([record]) => record?.outbox.length === 0,
    );
    await system.database.db.collection('uploads').deleteMany({});
  });

  it.each([
    ['declared', { body: Buffer.alloc(0), length: 0 }],
    ['chunked', { body: [] as Buffer[] }],
  ])('an empty body, %s: 400', async (_, sending) => {
    expect(await refused(sending)).toMatchObject({ status: 400, fields: ['body'] });
  });

  it('bytes that are no video: 415 before the rest of them has come', async () => {
    const rest = Promise.withResolvers<void>();
    const slow = (async function* () {
      yield noVideo;
      await rest.promise;
    })();

    expect(await refused({ body: slow })).toMatchObject({ status: 415, fields: ['body'] });
    rest.resolve();
  });

  describe('where only WebM and MOV are taken', () => {
    const message = 'must be video/webm or video/quicktime';
    let strict: string;
    beforeAll(async () => {
      strict = (await system.start({ UPLOAD_KINDS: 'video/webm, video/quicktime' })).url;
    });

    it.each(['video/mp4', 'video/mp4;codecs=video/webm', 'video/*', 'video/webm2'])(
      '%s: 415 that names what is taken, and no byte is read',
      async (type) => {
        const answer = await refused({ headers: { 'content-type': type } }, strict);

        expect(answer).toMatchObject({ status: 415, reachedStorage: false });
        expect(answer.errors).toEqual([{ path: 'Content-Type', message }]);
      },
    );

    it.each(['video/webm', 'Video/QuickTime; codecs="avc1"'])(
      '%s, and bytes of an MP4: 415 that names what is taken, and nothing of it stays',
      async (type) => {
        const answer = await refused({ headers: { 'content-type': type } }, strict);

        expect(answer).toMatchObject({ status: 415, reachedStorage: true });
        expect(answer.errors).toEqual([{ path: 'body', message }]);
        expect(system.storage.accepted.at(-1)).toBe('video/webm,video/quicktime');
      },
    );
  });

  it('a caller without an identity: 401; with a forged one: 401', async () => {
    const body = videoBytes(100);
    expect((await send(url, { headers: {}, body })).status).toBe(401);
    expect((await send(url, { headers: { 'x-flixtube-identity': 'e30.e30.e30' }, body })).status).toBe(401);
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('%s: 405 that says what is allowed', async (method) => {
    const answer = await send(url, { headers: await system.viewer(), method });

    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toContain('POST');
  });
});

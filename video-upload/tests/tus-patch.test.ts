import { newId } from '@flixtube/chassis/ids';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { noVideo } from './support/fake-storage.ts';
import { sha256, videoBytes } from './support/sending.ts';
import { createSystem, eventually, type System } from './support/system.ts';
import { answerTo, checksum, metadata, patching, type TusAnswer, TusClient } from './support/tus-client.ts';

const block = 4 * 1024 * 1024;

/** tus 1.0.0, Requests, PATCH. */
describe('PATCH /api/uploads/:uploadId', () => {
  let system: System;
  let client: TusClient;
  const ownerId = newId();

  beforeAll(async () => {
    system = await createSystem();
    client = new TusClient((await system.start({ UPLOADS_PER_VIEWER: '1000' })).url, await system.viewer(ownerId));
  });
  afterAll(() => system.close());
  afterEach(() => {
    system.storage.mood = 'well';
    system.storage.beforeStaging = async () => {};
    system.storage.beforeCommit = async () => {};
  });

  const objectOf = (path: string) => system.storage.objects.get(`videos/${path.split('/').at(-1)}/source`);

  function expectProblem(answer: TusAnswer, status: number, field?: string): void {
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ 'tus-resumable': '1.0.0', 'content-type': 'application/problem+json' });
    expect(answer.problem).toMatchObject({ status, detail: expect.any(String) });
    if (field !== undefined) expect(answer.problem?.errors?.map(({ path }) => path)).toContain(field);
  }

  it('when it is cut and the upload is asked for at once, then what had arrived is told, though it is still being stored', async () => {
    const arrived = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const path = await client.created(2 * block);
    system.storage.beforeStaging = () => {
      arrived.resolve();
      return stored.promise;
    };
    const cut = client.cut(path, 0, videoBytes(block + 100_000).subarray(0, 300_000), 2 * block);
    await Promise.all([arrived.promise, cut]);
    const asked = client.head(path);
    setTimeout(() => stored.resolve(), 200);
    expect((await asked).headers['upload-offset']).toBe('300000');
  });

  it.each([1, 70_000, block - 1, block, block + 1, 3 * block + 70_001])(
    'a file of %i bytes in one: 204 with the new offset and the video, announced, published once, its bytes as sent',
    async (size) => {
      const body = videoBytes(size);
      const path = await client.created(size, { 'upload-metadata': metadata({ filename: 'walk.mp4' }) });
      const answer = await client.patch(path, 0, body);
      const id = path.split('/').at(-1) as string;
      expect(answer).toMatchObject({ status: 204, problem: undefined });
      expect(answer.headers).toMatchObject({
        'upload-offset': String(size),
        'x-video-id': id,
        'tus-resumable': '1.0.0',
      });
      expect(answer.headers['upload-expires']).toBeUndefined();
      expect(objectOf(path)).toMatchObject({ sizeBytes: size, sha256: sha256(body), contentType: 'video/mp4' });
      const told = { videoId: id, ownerId, title: 'walk', description: '', visibility: 'public' };
      expect(system.metadata.announced.find(({ videoId }) => videoId === id)).toMatchObject(told);
      const { data } = await system.probe.next('video.uploaded', (event) => event.data.videoId === id);
      expect(data).toMatchObject({ ...told, source: { sizeBytes: size, sha256: sha256(body) } });
    },
  );

  it.each([1_000, 65_535, 65_536, 300_000])(
    'PATCHes of %i bytes each: the offset is their sum, each block is large enough, and the file is whole',
    async (step) => {
      const body = videoBytes(10 * step + 7, step);
      const path = await client.created(body.length);
      for (let at = 0; at < body.length; at += step) {
        const answer = await client.patch(path, at, body.subarray(at, at + step));
        expect(answer.status).toBe(204);
        expect(answer.headers['upload-offset']).toBe(String(Math.min(at + step, body.length)));
        if (at + step < body.length)
          expect(Date.parse(answer.headers['upload-expires'] as string)).toBeGreaterThan(Date.now());
      }
      expect(objectOf(path)).toMatchObject({ sizeBytes: body.length, sha256: sha256(body) });
      const record = (await system.records()).find(({ _id }) => path.endsWith(_id)) as unknown as {
        blocks: string[];
      };
      expect(record.blocks.join(' ').split(' ').length).toBeLessThanOrEqual(Math.ceil(body.length / 65_536));
    },
  );

  it('the connection is cut in the middle, twice: what arrived counts, and the rest makes it whole', async () => {
    const body = videoBytes(2 * block + 300_000);
    const path = await client.created(body.length);
    await client.cut(path, 0, body.subarray(0, 30_000), body.length);
    await eventually(
      () => client.offset(path),
      (offset) => offset === 30_000,
    );
    await client.cut(path, 30_000, body.subarray(30_000, block + 100_000), body.length - 30_000);
    await eventually(
      () => client.offset(path),
      (offset) => offset === block + 100_000,
    );
    const answer = await client.patch(path, block + 100_000, body.subarray(block + 100_000));
    expect(answer.status).toBe(204);
    expect(answer.headers['x-video-id']).toBeDefined();
    expect(objectOf(path)).toMatchObject({ sizeBytes: body.length, sha256: sha256(body) });
  });

  it('another offset than where it stands: 409, and nothing changes', async () => {
    const path = await client.created(200_000);
    await client.patch(path, 0, videoBytes(100_000));
    for (const offset of [0, 99_999, 100_001, 200_000, '9'.repeat(300)]) {
      const answer = await client.patch(path, Number(offset), videoBytes(10), { 'upload-offset': offset });
      expectProblem(answer, 409, 'Upload-Offset');
    }
    expect(await client.offset(path)).toBe(100_000);
  });

  it('a refusal says when the upload expires, as every answer to a PATCH does; of one that is no upload any more it does not', async () => {
    const path = await client.created(100);
    const bytes = videoBytes(10);
    const expires = (await client.head(path)).headers['upload-expires'];
    expect(expires).toBeDefined();
    for (const headers of [{ 'upload-offset': 5 }, { 'upload-offset': 'x' }, { 'content-type': 'video/mp4' }]) {
      const { status, headers: answered } = await client.patch(path, 0, bytes, headers);
      expect([status, answered['upload-expires']]).toEqual([expect.any(Number), expires]);
    }
    const wrong = await client.patch(path, 0, bytes, { 'upload-checksum': checksum('sha1', videoBytes(9)) });
    expect([wrong.status, wrong.headers['upload-expires']]).toEqual([460, expires]);
    await client.patch(path, 0, videoBytes(100));
    expect((await client.patch(path, 0, bytes)).headers['upload-expires']).toBeUndefined();
  });

  it.each(['-1', '1.5', '0x10', '1e3', '', ' ', '5, 5', 'NaN', '+1'])(
    'Upload-Offset: "%s" is no integer: 400',
    async (offset) => {
      const path = await client.created(100);
      expectProblem(await client.patch(path, 0, videoBytes(10), { 'upload-offset': offset }), 400, 'Upload-Offset');
      expect(await client.offset(path)).toBe(0);
    },
  );

  it.each(['application/octet-stream', 'video/mp4', ''])('Content-Type: "%s": 415', async (type) => {
    const path = await client.created(100);
    expectProblem(await client.patch(path, 0, videoBytes(10), { 'content-type': type }), 415, 'Content-Type');
  });

  it('no version, or another: 412 with Tus-Version, whatever else is wrong, and nothing is done', async () => {
    const path = await client.created(100);
    for (const version of ['0.2.2', '1.0.1', '', '1.0.0, 1.0.0']) {
      const answer = await client.patch(path, 50, videoBytes(10), { 'tus-resumable': version, 'content-type': 'a/b' });
      expectProblem(answer, 412, 'Tus-Resumable');
      expect(answer.headers['tus-version']).toBe('1.0.0');
    }
    expect(await client.offset(path)).toBe(0);
  });

  it('more bytes than Upload-Length leaves: 413, before a byte when it is declared, else when they come', async () => {
    const path = await client.created(100_000);
    await client.patch(path, 0, videoBytes(50_000));
    expectProblem(await client.patch(path, 50_000, videoBytes(50_001)), 413, 'body');
    expect(await client.offset(path)).toBe(50_000);
    const inChunks = { headers: patching(50_000), body: videoBytes(50_001), chunked: true };
    expectProblem(await client.ask('PATCH', path, inChunks), 413, 'body');
    expect(objectOf(path)).toBeUndefined();
    const right = await client.ask('PATCH', path, { ...inChunks, body: videoBytes(50_000) });
    expect(right.status).toBe(204);
    expect(right.headers['x-video-id']).toBeDefined();
  });

  it('no bytes: 204 with the offset as it is, on a finished upload too', async () => {
    const path = await client.created(100);
    const empty = Buffer.alloc(0);
    expect((await client.patch(path, 0, empty)).headers['upload-offset']).toBe('0');
    await client.patch(path, 0, videoBytes(100));
    const again = await client.patch(path, 100, empty);
    expect(again).toMatchObject({ status: 204, headers: { 'upload-offset': '100', 'x-video-id': expect.any(String) } });
    expectProblem(await client.patch(path, 100, videoBytes(1)), 413, 'body');
  });

  it('another viewer’s, unknown, or no id at all: 404, without an offset', async () => {
    const path = await client.created(100);
    const other = new TusClient(client.url, await system.viewer());
    for (const asked of [path, `/api/uploads/${newId()}`, '/api/uploads/x', `/api/uploads/${'a'.repeat(5_000)}`]) {
      for (const method of ['HEAD', 'PATCH', 'DELETE']) {
        const answer = await other.ask(method, asked, { headers: patching(0), body: Buffer.alloc(0) });
        expect(answer.status).toBe(404);
        expect(answer.headers['upload-offset']).toBeUndefined();
        expect(answer.headers['tus-resumable']).toBe('1.0.0');
      }
    }
    expect(await client.offset(path)).toBe(0);
  });

  it('while another request is at it: 423 for the second, and the first one goes on', async () => {
    const body = videoBytes(200_000);
    const path = await client.created(body.length);
    const first = client.begin('PATCH', path, { ...patching(0), 'content-length': body.length });
    first.write(body.subarray(0, 100_000));
    await eventually(
      async () =>
        Object(await system.database.db.collection('uploads').findOne({ _id: path.slice(-36) as never })).leaseToken,
      (token) => token !== '',
    );
    expectProblem(await client.patch(path, 0, body), 423);
    first.end(body.subarray(100_000));
    expect((await answerTo(first)).status).toBe(204);
    expect(objectOf(path)?.sha256).toBe(sha256(body));
  });

  it('what is no video: 415 with its first block, and nothing of it stays', async () => {
    const path = await client.created(200_000);
    const body = Buffer.concat([noVideo, videoBytes(200_000 - noVideo.length)]);
    expectProblem(await client.patch(path, 0, body.subarray(0, 100_000)), 415);
    expect([404, 410]).toContain((await client.head(path)).status);
    expect(system.storage.keys.filter((key) => key.includes(path.split('/').at(-1) as string))).toEqual([]);
  });

  it('the store dies in the middle of a block: 503, what was stored before counts, and the rest makes it whole', async () => {
    const body = videoBytes(2 * block);
    const path = await client.created(body.length);
    await client.patch(path, 0, body.subarray(0, block));
    system.storage.mood = 'dies';
    system.storage.afterBytes = 1_000_000;
    const answer = await client.patch(path, block, body.subarray(block));
    expect([502, 503]).toContain(answer.status);
    system.storage.mood = 'well';
    expect(await client.offset(path)).toBe(block);
    expect((await client.patch(path, block, body.subarray(block))).status).toBe(204);
    expect(objectOf(path)?.sha256).toBe(sha256(body));
  });

  it('the store has other bytes than were sent: 502, and they do not count', async () => {
    const path = await client.created(200_000);
    system.storage.mood = 'wrong-sha';
    expectProblem(await client.patch(path, 0, videoBytes(100_000)), 502);
    expect(await client.offset(path)).toBe(0);
  });
});

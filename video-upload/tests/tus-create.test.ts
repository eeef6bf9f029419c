import { newId } from '@flixtube/chassis/ids';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noVideo } from './support/fake-storage.ts';
import { sha256, videoBytes } from './support/sending.ts';
import { createSystem, type System } from './support/system.ts';
import { answerTo, checksum, metadata, type TusAnswer, TusClient } from './support/tus-client.ts';

const maxBytes = 64 * 1024 * 1024;

/** tus 1.0.0: Requests (OPTIONS, HEAD), Protocol Extensions (Creation, Creation With Upload, Termination, Checksum). */
describe('/api/uploads', () => {
  let system: System;
  let client: TusClient;

  beforeAll(async () => {
    system = await createSystem();
    client = new TusClient((await system.start({ UPLOADS_PER_VIEWER: '100' })).url, await system.viewer());
  });
  afterAll(() => system.close());

  function expectProblem(answer: TusAnswer, status: number, field?: string): void {
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ 'tus-resumable': '1.0.0', 'content-type': 'application/problem+json' });
    if (field !== undefined) expect(answer.problem?.errors?.map(({ path }) => path)).toContain(field);
  }

  it.each(['/api/uploads', `/api/uploads/${newId()}`])(
    'OPTIONS %s: what we can do, whatever version is said',
    async (path) => {
      const answer = await client.ask('OPTIONS', path, { headers: { 'tus-resumable': '0.1.0' } });
      expect(answer).toMatchObject({
        status: 204,
        headers: {
          'tus-resumable': '1.0.0',
          'tus-version': '1.0.0',
          'tus-extension': 'creation,creation-with-upload,expiration,checksum,termination',
          'tus-max-size': String(maxBytes),
          'tus-checksum-algorithm': 'sha1,sha256,md5',
        },
      });
    },
  );

  it('POST: 201 with its address, its offset and when it expires; HEAD: the same, its length and its metadata', async () => {
    const said = metadata({ own: '', filename: 'walk.mp4', title: 'A walk — 散歩' });
    const created = await client.create(1_000, { 'upload-metadata': said });
    expect(created).toMatchObject({ status: 201, headers: { 'tus-resumable': '1.0.0', 'upload-offset': '0' } });
    const expires = Date.parse(created.headers['upload-expires'] as string);
    expect(expires - Date.now()).toBeGreaterThan(23.9 * 3600_000);
    const head = await client.head(created.headers.location as string);
    expect(head).toMatchObject({
      status: 200,
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'upload-length': '1000',
        'upload-metadata': said,
        'cache-control': 'no-store',
      },
    });
    expect(head.headers['x-video-id']).toBeUndefined();
  });

  it.each([undefined, '-1', '1.5', 'abc', '', '5, 5', '0x10', '0'])(
    'Upload-Length: %p: 400 that names it',
    async (length) => {
      const headers = length === undefined ? {} : { 'upload-length': length };
      const answer = await client.ask('POST', '/api/uploads', { headers });
      expectProblem(answer, 400, length === '0' ? 'body' : 'Upload-Length');
    },
  );

  it.each(['Upload-Defer-Length', 'Upload-Concat'])('%s: 400 that names it', async (name) => {
    expectProblem(await client.create(10, { [name]: '1' }), 400, name);
  });

  it.each([maxBytes + 1, '9'.repeat(400)])(
    'Upload-Length: %.20s, above the limit: 413, whatever else there is',
    async (length) => {
      expectProblem(await client.ask('POST', '/api/uploads', { headers: { 'upload-length': length } }), 413);
    },
  );

  it('a version that is not ours: 412 with ours', async () => {
    const answer = await client.create(10, { 'tus-resumable': '0.2.2' });
    expectProblem(answer, 412, 'Tus-Resumable');
    expect(answer.headers['tus-version']).toBe('1.0.0');
  });

  it('with all bytes: 201 with the video; with some: their number; with too many, or of another type: refused', async () => {
    const body = videoBytes(100_000);
    const whole = await client.create(body.length, {}, body);
    expect(whole).toMatchObject({
      status: 201,
      headers: { 'upload-offset': '100000', 'x-video-id': expect.any(String) },
    });
    expect(system.storage.objects.get(`videos/${whole.headers['x-video-id']}/source`)?.sha256).toBe(sha256(body));
    const some = await client.create(body.length, {}, body.subarray(0, 70_000));
    expect(some).toMatchObject({ status: 201, headers: { 'upload-offset': '70000' } });
    expect((await client.patch(some.headers.location as string, 70_000, body.subarray(70_000))).status).toBe(204);
    expectProblem(await client.create(10, {}, videoBytes(11)), 413, 'body');
    expectProblem(await client.create(10, { 'content-type': 'video/mp4' }, videoBytes(5)), 415, 'Content-Type');
  });

  it('with bytes that are no video, or have another checksum: refused, and nothing of it stays', async () => {
    const before = (await system.records()).length;
    const body = Buffer.concat([noVideo, videoBytes(70_000)]);
    expectProblem(await client.create(body.length, {}, body), 415);
    const wrong = { 'upload-checksum': checksum('sha1', videoBytes(9)) };
    expectProblem(await client.create(100_000, wrong, videoBytes(70_000)), 460);
    const left = (await system.records()).filter(({ state }) => state !== 'abandoned');
    expect(left).toHaveLength(before);
    expect(system.storage.blocks.size).toBe(0);
  });

  it('where only WebM is taken: another filetype is refused at creation, other bytes with the first block', async () => {
    const { url } = await system.start({ UPLOAD_KINDS: 'video/webm' });
    const errorsAt = (path: string) => [{ path, message: 'must be video/webm' }];
    const kept = async () => (await system.records()).filter(({ state }) => state !== 'abandoned').length;
    const before = await kept();
    const said = await client.at(url).create(10, { 'upload-metadata': metadata({ filetype: 'video/mp4' }) });
    expectProblem(said, 415);
    expect(said.problem?.errors).toEqual(errorsAt('filetype'));
    expect(await kept()).toBe(before);
    for (const filetype of ['VIDEO/WebM; codecs="vp9"', 'application/octet-stream']) {
      const headers = { 'upload-metadata': metadata({ filetype }) };
      const found = await client.at(url).create(70_000, headers, videoBytes(70_000));
      expectProblem(found, 415);
      expect(found.problem?.errors).toEqual(errorsAt('body'));
    }
    expect(await kept()).toBe(before);
    expect(system.storage.blocks.size).toBe(0);
  });

  it.each([
    ['title', 'title QSB3YWxr=='],
    ['a space too many', 'title QSB3 YWxr'],
    ['an empty pair', 'title QSB3YWxr,,filename YQ=='],
    ['nothing', ''],
    ['the same key twice', 'title QQ==,title QQ=='],
    ['a key that is not ASCII', 't\u00e4tel QQ=='],
    ['base64 of another alphabet', 'title QSB3_-xr'],
  ])('Upload-Metadata with %s: 400 that names it', async (_, value) => {
    expectProblem(await client.create(10, { 'upload-metadata': value }), 400, 'Upload-Metadata');
  });

  it.each([
    ['title', 'a\u0000b', 400],
    ['filename', 'a\u0000.mp4', 400],
    ['title', 'x'.repeat(201), 400],
    ['description', 'x'.repeat(5_001), 400],
    ['filetype', 'image/png', 415],
  ])('a %s of %.12p: %i that names it', async (key, value, status) => {
    expectProblem(await client.create(10, { 'upload-metadata': metadata({ [key]: value }) }), status, key);
  });

  it('a description of 5,000 characters of three bytes: is taken, and HEAD has it', async () => {
    const said = metadata({ description: '散'.repeat(5_000), title: '歩'.repeat(200) });
    const path = await client.created(10, { 'upload-metadata': said });
    const req = client.begin('HEAD', path, {}, { maxHeaderSize: 64 * 1024 });
    req.end();
    expect((await answerTo(req)).headers['upload-metadata'] === said).toBe(true);
  });

  it('a value that is no UTF-8: 400', async () => {
    expectProblem(await client.create(10, { 'upload-metadata': 'title //79' }), 400, 'title');
  });

  it.each([
    [{ title: 'Mine', filename: 'x.mp4' }, 'Mine'],
    [{ filename: 'C:\\films\\My walk.final.MOV' }, 'My walk.final'],
    [{ filename: `${'x'.repeat(300)}.mp4` }, 'x'.repeat(200)],
    [{ filename: '.mp4' }, 'Untitled video'],
    [{ title: '  ' }, 'Untitled video'],
    [{}, 'Untitled video'],
  ])('metadata %j: the video is called %.20p', async (said: Record<string, string>, title) => {
    const value = metadata(said);
    const headers = value === '' ? {} : { 'upload-metadata': value };
    const { headers: answered } = await client.create(3, headers, videoBytes(3));
    const record = (await system.records()).find(({ _id }) => _id === answered['x-video-id']);
    expect(record?.title).toBe(title);
  });

  it('DELETE: 204, its blocks are gone, and it is no more', async () => {
    const path = await client.created(200_000);
    await client.patch(path, 0, videoBytes(100_000));
    expect(system.storage.keys.some((key) => key.includes(path.slice(-36)))).toBe(true);
    expect(await client.ask('DELETE', path)).toMatchObject({ status: 204, headers: { 'tus-resumable': '1.0.0' } });
    expect(system.storage.keys.some((key) => key.includes(path.slice(-36)))).toBe(false);
    for (const method of ['HEAD', 'PATCH', 'DELETE']) {
      const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': 0 };
      expect([404, 410]).toContain((await client.ask(method, path, { headers, body: Buffer.alloc(0) })).status);
    }
  });

  it('DELETE of a finished upload: 204, the upload is no more, and the video stays', async () => {
    const { headers } = await client.create(3, {}, videoBytes(3));
    const path = headers.location as string;
    expect((await client.ask('DELETE', path)).status).toBe(204);
    expect((await client.head(path)).status).toBe(404);
    expect((await client.ask('DELETE', path)).status).toBe(404);
    expect(system.storage.objects.has(`videos/${headers['x-video-id']}/source`)).toBe(true);
  });

  it('X-HTTP-Method-Override: is the method, on a POST, for each of them', async () => {
    const path = await client.created(6);
    const as = (method: string, headers = {}, body?: Buffer) =>
      client.ask('POST', path, {
        headers: { 'x-http-method-override': method, ...headers },
        ...(body === undefined ? {} : { body }),
      });
    const patch = { 'content-type': 'application/offset+octet-stream', 'upload-offset': 0 };
    expect((await as('PATCH', patch, videoBytes(3))).headers['upload-offset']).toBe('3');
    expect(await as('HEAD')).toMatchObject({ status: 200, headers: { 'upload-offset': '3' } });
    expect((await as('OPTIONS')).headers['tus-version']).toBe('1.0.0');
    expectProblem(await as('PUT'), 405);
    expect((await as('DELETE')).status).toBe(204);
    expectProblem(await client.ask('POST', path), 405);
    expect((await client.ask('GET', path)).status).toBe(405);
  });

  it('one more unfinished upload than a viewer may have: 429 that names the setting, also of many at the same time', async () => {
    const strict = await system.start({ UPLOADS_PER_VIEWER: '3' });
    const viewer = new TusClient(strict.url, await system.viewer());
    const answers = await Promise.all(Array.from({ length: 8 }, () => viewer.create(10)));
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(3);
    for (let more = 0; more < 3; more += 1) await viewer.create(10);
    const refused = await viewer.create(10);
    expectProblem(refused, 429);
    expect(refused.problem?.detail).toMatch(/3 unfinished.*UPLOADS_PER_VIEWER/);
    expect((await new TusClient(strict.url, await system.viewer()).create(10)).status).toBe(201);
  });

  it.each(['sha1', 'sha256', 'md5'] as const)(
    'Upload-Checksum by %s: right counts, wrong is 460 and does not',
    async (algorithm) => {
      const body = videoBytes(300_000);
      const path = await client.created(body.length);
      const first = body.subarray(0, 200_000);
      const wrong = await client.patch(path, 0, first, { 'upload-checksum': checksum(algorithm, body) });
      expectProblem(wrong, 460, 'Upload-Checksum');
      expect(wrong.problem?.title).toBe('Checksum Mismatch');
      expect(await client.offset(path)).toBe(0);
      const right = await client.patch(path, 0, first, { 'upload-checksum': checksum(algorithm, first) });
      expect(right).toMatchObject({ status: 204, headers: { 'upload-offset': '200000' } });
      const rest = body.subarray(200_000);
      expectProblem(await client.patch(path, 200_000, rest, { 'upload-checksum': checksum(algorithm, first) }), 460);
      const last = await client.patch(path, 200_000, rest, { 'upload-checksum': checksum(algorithm, rest) });
      expect(last.status).toBe(204);
      expect(system.storage.objects.get(`videos/${last.headers['x-video-id']}/source`)?.sha256).toBe(sha256(body));
    },
  );

  it.each(['crc32 AAAA', 'sha1', 'sha1 ***', 'sha1 QUJD', `SHA1 ${'A'.repeat(27)}=`, ''])(
    'Upload-Checksum: "%s": 400 that names it, and nothing is done',
    async (value) => {
      const path = await client.created(100);
      expectProblem(await client.patch(path, 0, videoBytes(10), { 'upload-checksum': value }), 400, 'Upload-Checksum');
      expect(await client.offset(path)).toBe(0);
    },
  );

  it('a PATCH with a checksum that is cut: nothing of it counts', async () => {
    const path = await client.created(300_000);
    const headers = {
      'content-type': 'application/offset+octet-stream',
      'upload-offset': 0,
      'upload-checksum': checksum('sha1', videoBytes(300_000)),
      'content-length': 300_000,
    };
    const req = client.begin('PATCH', path, headers);
    await new Promise((resolve) => req.write(videoBytes(200_000), resolve));
    const closed = new Promise((resolve) => req.once('close', resolve));
    req.destroy();
    await closed;
    expect(await client.offset(path)).toBe(0);
  });
});

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Video } from '@flixtube/contracts/http/video';
import { root } from '@flixtube/dev-env/root';
import { serviceNames } from '@flixtube/dev-env/services';
import { type System, startSystem } from '@flixtube/dev-env/system';
import { eventProbe } from '@flixtube/dev-env/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clip, fakeClip, sha256 } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { inShort, json, Viewer } from '../../src/viewer.ts';

const backends = ['rabbitmq', 'mongodb', 'azurite'] as const;
const version = { 'tus-resumable': '1.0.0' };
const srt = '1\n00:00:00,500 --> 00:00:01,500\nHello\n';

describe('a system whose data are destroyed', () => {
  let dataFolder: string;
  let backups: string;
  let system: System;
  let publisher: Viewer;
  let watcher: Viewer;
  let ready: Video;
  let hidden: Video;
  let removed: Video;
  let address: string;
  let before: Record<string, unknown>;
  const half = fakeClip(300_000, 5);

  beforeAll(async () => {
    dataFolder = await mkdtemp(path.join(tmpdir(), 'flixtube-e2e-'));
    backups = await mkdtemp(path.join(tmpdir(), 'flixtube-backups-'));
    system = await startSystem({ dataFolder, say: (line) => process.stderr.write(`${line}\n`) });
    publisher = new Viewer(system.url);
    watcher = new Viewer(system.url);
  }, 120_000);

  afterAll(async () => {
    await system?.stop();
    for (const folder of [dataFolder, backups]) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('has videos of several kinds, a history, an unfinished upload and a dead letter, and is backed up as it runs', async () => {
    const uploaded = await publisher.upload(await clip(4, '320x180'), 'Watched and captioned', 'with a description');
    hidden = (await publisher.upload(fakeClip(40_000, 1), 'Nobody else sees it')).body;
    removed = (await publisher.upload(fakeClip(30_000, 2), 'Regretted')).body;
    expect(inShort(uploaded)).toBe('201');
    ready = uploaded.body;

    await edit(hidden, { visibility: 'private' });
    expect((await publisher.ask(`/api/videos/${removed.id}`, { method: 'DELETE' })).status).toBe(204);
    await beginUpload();
    const probe = await eventProbe(system.env.RABBITMQ_URL as string);
    await probe.publishRaw('video.viewed', 'no event at all');
    await probe.nextDeadLetter();
    await probe.close();

    for (const { id } of [ready, hidden]) {
      await eventually(
        () => publisher.ask<Video>(`/api/videos/${id}`),
        ({ body }) => body.status !== 'processing',
        120,
      );
    }
    const caption = { method: 'PUT', headers: { 'content-type': 'application/x-subrip' }, body: srt };
    expect((await publisher.ask(`/api/videos/${ready.id}/captions/en.vtt`, caption)).status).toBe(201);
    const watched = { sessionId: randomUUID(), positionSeconds: 2, watchedSeconds: 3, durationSeconds: 4 };
    expect((await watcher.progress(ready.id, watched)).status).toBe(202);
    await eventually(
      () => watcher.ask<Video>(`/api/videos/${ready.id}`),
      ({ body }) => body.viewCount === 1,
    );
    await eventually(
      () => watcher.ask<{ items: unknown[] }>('/api/history'),
      ({ body }) => body.items.length === 1,
    );

    expect(await operate('backup', backups)).toMatchObject({ code: 0 });
    before = await everything();
    expect(before.segments).toHaveLength(Number(before.segmentCount));
    expect(before.segmentCount).toBeGreaterThan(3);
  }, 240_000);

  it('is restored into empty backends, with the same answers and the same bytes', async () => {
    await Promise.all(serviceNames.map((name) => system.stopOne(name)));
    await Promise.all(backends.map((name) => system.stopOne(name, { atOnce: true })));
    // Whichever of them there is: mongod has its data in another folder than what speaks its protocol.
    for (const data of ['rabbitmq/data', 'mongodb/mongod', 'mongodb/ferretdb', 'azurite/data'])
      await emptied(path.join(dataFolder, data));
    await Promise.all(backends.map((name) => system.startOne(name)));

    expect(await operate('restore', backups, '--check')).toMatchObject({ code: 0 });
    expect(await operate('restore', backups)).toMatchObject({ code: 0 });
    await Promise.all(serviceNames.map((name) => system.startOne(name)));

    expect(await everything()).toEqual(before);
    expect(await operate('reconcile', '--settled', '0')).toMatchObject({ code: 0 });
    expect((await operate('dead-letters', 'list')).said).toMatch(/^1 .*metadata\.video\.viewed/m);
  }, 120_000);

  it('goes on with the unfinished upload from its beginning, at its own address', async () => {
    const head = await publisher.ask(address, { method: 'HEAD', headers: version });
    expect([head.status, head.headers.get('upload-offset')]).toEqual([200, '0']);
    const answer = await publisher.ask(address, { ...patch(0), body: half });
    const id = answer.headers.get('x-video-id');
    expect(answer.status).toBe(204);
    const file = await publisher.ask<Uint8Array>(`/api/videos/${id}/file`);
    expect(sha256(file.body)).toBe(sha256(half));
  }, 30_000);

  it('takes new uploads, and processes them', async () => {
    const { body } = await publisher.upload(await clip(2, '320x180'), 'Afterwards');
    const answer = await eventually(
      () => publisher.ask<Video>(`/api/videos/${body.id}`),
      (found) => found.body.status !== 'processing',
      120,
    );
    expect(answer.body.status).toBe('ready');
  }, 150_000);

  async function edit({ id }: Video, change: object): Promise<void> {
    const { headers } = await publisher.ask(`/api/videos/${id}`);
    const answer = await publisher.ask(
      `/api/videos/${id}`,
      json('PATCH', change, { 'if-match': headers.get('etag') as string }),
    );
    expect(inShort(answer)).toBe('200');
  }

  async function beginUpload(): Promise<void> {
    const headers = {
      ...version,
      'upload-length': String(half.length),
      'upload-metadata': `filetype ${btoa('video/mp4')}`,
    };
    const begun = await publisher.ask('/api/uploads', { method: 'POST', headers });
    address = begun.headers.get('location') as string;
    const answer = await publisher.ask(address, { ...patch(0), body: half.slice(0, 200_000) });
    expect([answer.status, answer.headers.get('upload-offset')]).toEqual([204, '200000']);
  }

  function patch(offset: number): RequestInit {
    return {
      method: 'PATCH',
      headers: { ...version, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
    };
  }

  /** What the API answers to those who may ask, and the hashes of all the bytes that it names. */
  async function everything(): Promise<Record<string, unknown>> {
    const body = async (who: Viewer, at: string) => (await who.ask(at)).body;
    const hash = async (at: string) => {
      const { status, headers, body: bytes } = await publisher.ask<Uint8Array>(at);
      return [at, status, headers.get('content-type'), headers.get('etag'), sha256(bytes)];
    };
    const main = `/api/videos/${ready.id}/hls/main.m3u8`;
    const playlists = named(main, await publisher.text(main));
    const segments: string[] = [];
    for (const playlist of playlists) segments.push(...named(playlist, await publisher.text(playlist)));
    return {
      catalogue: await body(watcher, '/api/videos'),
      found: await body(watcher, '/api/videos?query=captioned'),
      ready: await body(publisher, `/api/videos/${ready.id}`),
      hidden: await body(publisher, `/api/videos/${hidden.id}`),
      hiddenFromOthers: (await watcher.ask(`/api/videos/${hidden.id}`)).status,
      removed: (await publisher.ask(`/api/videos/${removed.id}`)).status,
      history: await body(watcher, '/api/history'),
      continueWatching: await body(watcher, '/api/continue-watching'),
      files: await Promise.all([ready, hidden].map(({ id }) => hash(`/api/videos/${id}/file`))),
      captions: await publisher.text(`/api/videos/${ready.id}/captions/en.vtt`),
      pictures: await Promise.all(
        ['poster.jpg', 'storyboard.vtt'].map((name) => hash(`/api/videos/${ready.id}/${name}`)),
      ),
      playlists: await Promise.all([main, ...playlists].map(hash)),
      segments: await Promise.all([...new Set(segments)].map(hash)),
      segmentCount: new Set(segments).size,
    };
  }

  /** A command of the operator's, in a process of its own. */
  async function operate(command: string, ...args: string[]): Promise<{ code: number | null; said: string }> {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(process.execPath, [path.join(root, `scripts/operate/src/${command}.ts`), ...args], {
      env: { ...env, ...system.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
    const [code] = await once(child, 'close');
    return { code, said };
  }
});

/** The processes have the folder itself as they were begun. */
async function emptied(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => []))
    await rm(path.join(folder, name), { recursive: true, force: true });
}

/** The addresses that a playlist names, by line and by attribute. */
function named(playlist: string, text: string): string[] {
  const uris = [...text.matchAll(/URI="([^"]+)"/g)].map(([, uri]) => uri as string);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return [...uris, ...lines].map((uri) => new URL(uri, new URL(playlist, 'http://flixtube')).pathname);
}

import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Video } from '@flixtube/contracts/http/video';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { clip, sha256 } from '../../src/clips.ts';
import { eventually } from '../../src/eventually.ts';
import { systemUrl } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

const version = { 'tus-resumable': '1.0.0' };
const patching = (offset: number) => ({
  ...version,
  'content-type': 'application/offset+octet-stream',
  'upload-offset': String(offset),
});

describe('an upload in pieces', () => {
  const title = `In pieces ${process.pid}-${Date.now()}`;
  const publisher = new Viewer(systemUrl());
  let cookie = '';
  let bytes: Uint8Array<ArrayBuffer>;
  let address = '';

  beforeAll(async () => {
    bytes = await clip(6);
    const first = await publisher.send('/api/session');
    cookie = first.headers.getSetCookie().map((one) => one.split(';', 1)[0])[0] as string;
  });

  const offsetNow = async () => {
    const { headers } = await publisher.ask(address, { method: 'HEAD', headers: version });
    return Number(headers.get('upload-offset'));
  };

  /** Sends a PATCH for all the rest, and breaks the connection after so many bytes of it. */
  async function cutAfter(offset: number, length: number): Promise<void> {
    const rest = { ...patching(offset), cookie, 'content-length': bytes.byteLength - offset };
    const req = httpRequest(new URL(address, systemUrl()), { method: 'PATCH', agent: false, headers: rest });
    const closed = new Promise((resolve) => req.on('error', () => undefined).on('close', resolve));
    await new Promise((resolve) => req.write(bytes.subarray(offset, offset + length), resolve));
    // Given to the network; that it has got all the way through nobody tells us but the offset, afterwards.
    await new Promise((resolve) => setTimeout(resolve, 300));
    req.destroy();
    await closed;
  }

  it('when it is begun, then it has an address, and only its own viewer can see it', async () => {
    const options = await publisher.ask('/api/uploads', { method: 'OPTIONS' });
    expect(options.status).toBe(204);
    expect(options.headers.get('tus-extension')).toBe('creation,creation-with-upload,expiration,checksum,termination');
    const metadata = `filename ${btoa('walk.mp4')},filetype ${btoa('video/mp4')},title ${btoa(title)}`;
    const begun = await publisher.ask('/api/uploads', {
      method: 'POST',
      headers: { ...version, 'upload-length': String(bytes.byteLength), 'upload-metadata': metadata },
    });
    expect(begun.status).toBe(201);
    address = begun.headers.get('location') ?? '';
    expect(address).toMatch(/^\/api\/uploads\/[0-9a-f-]{36}$/);
    expect(await offsetNow()).toBe(0);
    const stranger = await new Viewer(systemUrl()).ask(address, { method: 'HEAD', headers: version });
    expect(stranger.status).toBe(404);
  });

  it('when its connection breaks again and again, then what has arrived stays, and the rest makes it a video, once', async () => {
    const third = Math.floor(bytes.byteLength / 3);
    let offset = 0;
    for (let cuts = 0; cuts < 3; cuts += 1) {
      await cutAfter(offset, Math.min(third - 1_000, bytes.byteLength - offset - 1));
      const before = offset;
      offset = await eventually(offsetNow, (now) => now > before);
    }
    const last = await eventually(
      async () => {
        offset = await offsetNow();
        const checksum = createHash('sha1').update(bytes.subarray(offset)).digest('base64');
        return publisher.ask(address, {
          method: 'PATCH',
          headers: { ...patching(offset), 'upload-checksum': `sha1 ${checksum}` },
          body: bytes.subarray(offset),
        });
      },
      ({ status }) => status !== 423,
    );
    expect(last.status).toBe(204);
    const id = last.headers.get('x-video-id');
    const head = await publisher.ask(address, { method: 'HEAD', headers: version });
    expect(head.headers.get('x-video-id')).toBe(id);

    const { status, body: video } = await publisher.ask<Video>(`/api/videos/${id}`);
    expect(status).toBe(200);
    expect(video).toMatchObject({ title, sizeBytes: bytes.byteLength, contentType: 'video/mp4' });
    const file = await new Viewer(systemUrl()).ask<Uint8Array>(video.links.file);
    expect(sha256(file.body)).toBe(sha256(bytes));
    const all = await publisher.listAll();
    expect(all.filter((one) => one.title === title)).toHaveLength(1);
  });
});

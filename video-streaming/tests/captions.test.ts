import { newId } from '@flixtube/chassis/ids';
import type { Caption } from '@flixtube/contracts/http/captions';
import type { Problem } from '@flixtube/contracts/http/problem';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problem } from './support/fakes.ts';
import { startStreaming, type TestStreaming } from './support/streaming.ts';

let streaming: TestStreaming;
beforeAll(async () => {
  streaming = await startStreaming();
}, 60_000);
afterAll(() => streaming.stop());

const srt = '1\n00:00:01,000 --> 00:00:02,000\nHello\n';
const vtt = 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n';

async function ask<T = string>(
  path: string,
  o: { as: string; method?: string; body?: string; type?: string },
): Promise<{ status: number; headers: Headers; body: T }> {
  const { as, method = 'GET', body, type = 'text/vtt' } = o;
  const response = await fetch(`${streaming.url}/api/videos/${path}`, {
    method,
    headers: { ...(await streaming.by(as)), ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
}

describe('captions of a video', () => {
  it('are put, replaced, read by anyone and removed; what is used no longer is removed from the store', async () => {
    const { id, ownerId: as } = streaming.add();
    const path = `${id}/captions/de.vtt`;
    const kept = () => streaming.storage.keys().filter((key) => key.startsWith(`videos/${id}/captions/`));
    const put = await ask<Caption>(path, { as, method: 'PUT', body: srt, type: 'application/x-subrip' });
    expect([put.status, put.body]).toEqual([201, { language: 'de', label: 'Deutsch', url: `/api/videos/${path}` }]);
    const read = await ask(path, { as: newId() });
    expect([read.status, read.headers.get('content-type'), read.body]).toEqual([200, 'text/vtt; charset=utf-8', vtt]);

    const again = await ask<Caption>(`${path}?label=For%20all`, {
      as,
      method: 'PUT',
      body: vtt.replace('Hello', 'Bye'),
    });
    expect([again.status, again.body.label]).toEqual([200, 'For all']);
    expect((await ask(path, { as })).body).toContain('Bye');
    expect(kept()).toHaveLength(1);

    expect((await ask(path, { as, method: 'DELETE' })).status).toBe(204);
    expect((await ask(path, { as })).status).toBe(404);
    expect(kept()).toEqual([]);
  });

  it('are each in its own language, with what is not English as it is', async () => {
    const { id, ownerId: as } = streaming.add();
    const texts = { en: 'Hello', de: 'Grüße', ja: '字幕 🎬' };
    for (const [language, text] of Object.entries(texts)) {
      await ask(`${id}/captions/${language}.vtt`, { as, method: 'PUT', body: vtt.replace('Hello', text) });
    }
    for (const [language, text] of Object.entries(texts)) {
      expect((await ask(`${id}/captions/${language}.vtt`, { as })).body).toBe(vtt.replace('Hello', text));
    }
    expect((await ask(`${id}/captions/fr.vtt`, { as })).status).toBe(404);
  });

  it('are the owner’s alone to change, and a private video’s to read', async () => {
    const open = streaming.add();
    const hidden = streaming.add({ visibility: 'private' });
    const stranger = { as: newId(), method: 'PUT', body: vtt };
    expect((await ask(`${open.id}/captions/en.vtt`, stranger)).status).toBe(403);
    expect((await ask(`${open.id}/captions/en.vtt`, { ...stranger, method: 'DELETE' })).status).toBe(403);
    expect((await ask(`${hidden.id}/captions/en.vtt`, stranger)).status).toBe(404);
    await ask(`${hidden.id}/captions/en.vtt`, { ...stranger, as: hidden.ownerId });
    expect((await ask(`${hidden.id}/captions/en.vtt`, { as: newId() })).status).toBe(404);
    const read = await ask(`${hidden.id}/captions/en.vtt`, { as: hidden.ownerId });
    expect([read.status, read.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
  });

  it.each([
    ['en.vtt', { body: 'WEBVTT\n\n00:02.000 --> 00:01.000\nx' }, 400, 'body', 'line 3 must end after it begins'],
    ['en.vtt', { body: 'x', type: 'image/png' }, 415, 'Content-Type', 'must be text/vtt'],
    ['en.vtt', { body: 'x'.repeat(2 ** 20 + 1) }, 413, 'body', 'must not be larger than 1048576 bytes'],
    ['e_n.vtt', { body: vtt }, 400, 'track', 'must be a language tag'],
    ['en.vtt?label=', { body: vtt }, 400, 'label', 'must not be empty'],
  ])('as %s that are not right are refused, and say why (%#)', async (name, given, status, path, message) => {
    const { id, ownerId: as } = streaming.add();
    const { body, ...answer } = await ask<Problem>(`${id}/captions/${name}`, { as, method: 'PUT', ...given });
    expect(answer.status).toBe(status);
    expect(body.errors).toEqual([{ path, message: expect.stringContaining(message) }]);
    expect(streaming.storage.keys().filter((key) => key.startsWith(`videos/${id}/captions/`))).toEqual([]);
  });

  it('are not acknowledged when the catalogue refuses them, and leave nothing in the store', async () => {
    const { id, ownerId: as } = streaming.add();
    await ask(`${id}/file`, { as, method: 'HEAD' });
    streaming.metadata.instead = (_req, res) => problem(res, 409);
    const answer = await ask(`${id}/captions/en.vtt`, { as, method: 'PUT', body: vtt });
    streaming.metadata.instead = undefined;
    expect(answer.status).toBe(409);
    expect(streaming.storage.keys().filter((key) => key.startsWith(`videos/${id}/captions/`))).toEqual([]);
  });
});

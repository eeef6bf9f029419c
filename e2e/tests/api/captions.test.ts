import type { Caption } from '@flixtube/contracts/http/captions';
import type { Problem } from '@flixtube/contracts/http/problem';
import type { Video } from '@flixtube/contracts/http/video';
import { describe, expect, it } from '@jest/globals';
import { clip } from '../../src/clips.ts';
import { systemUrl } from '../../src/system.ts';
import { Viewer } from '../../src/viewer.ts';

const url = systemUrl();
const publisher = new Viewer(url);
const put = (body: string, type: string): RequestInit => ({ method: 'PUT', headers: { 'content-type': type }, body });
const srt = '1\n00:00:00,500 --> 00:00:01,500\n<b>Hello</b> <script>\n';

describe('captions', () => {
  it('are put by the owner as SRT, shown by the video, read by anyone as WebVTT, and removed', async () => {
    const { body: video } = await publisher.upload(await clip(2), 'To be captioned');
    const path = `/api/videos/${video.id}/captions/en.vtt`;
    expect((await new Viewer(url).ask(path, put(srt, 'application/x-subrip'))).status).toBe(403);

    const added = await publisher.ask<Caption>(path, put(srt, 'application/x-subrip'));
    expect([added.status, added.body]).toEqual([201, { language: 'en', label: 'English', url: path }]);
    const seen = await new Viewer(url).ask<Video>(`/api/videos/${video.id}`);
    expect(seen.body.links.captions).toEqual([added.body]);
    expect(await new Viewer(url).text(path)).toBe(
      'WEBVTT\n\n00:00:00.500 --> 00:00:01.500\n<b>Hello</b> &lt;script&gt;\n',
    );

    const wrong = await publisher.ask<Problem>(path, put('WEBVTT\n\n00:02.000 --> 00:01.000\nx', 'text/vtt'));
    expect([wrong.status, wrong.body.errors]).toEqual([
      400,
      [{ path: 'body', message: 'line 3 must end after it begins' }],
    ]);
    expect((await publisher.ask(path, put('x'.repeat(2 ** 20 + 1), 'text/vtt'))).status).toBe(413);

    expect((await publisher.ask(path, { method: 'DELETE' })).status).toBe(204);
    expect((await new Viewer(url).ask(path)).status).toBe(404);
  }, 60_000);
});

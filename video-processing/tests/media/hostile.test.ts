import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ffmpegMedia } from '../../src/adapters/ffmpeg/ffmpeg-media.ts';
import { planOf } from '../../src/domain/plan.ts';
import { clip, ffmpeg, written } from './support/clips.ts';
import { serveFile } from './support/range-server.ts';

const never = new AbortController().signal;
const media = ffmpegMedia({ threads: 1 });
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flixtube-hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('files that are not what they say', () => {
  it.each([
    ['random bytes', Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919 * (index % 251)) & 255))],
    ['nothing but zeros', Buffer.alloc(50_000)],
    ['nothing at all', ''],
    ['an empty MP4', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1')],
    ['text', 'This is not a video.\n'.repeat(100)],
  ])('%s: unreadable, with a sentence for a person and the cause for the log', async (name, content) => {
    const source = await serveFile(written(folder, `${name}.mp4`, content));

    const failure = await media.probe(source, never).catch((error: unknown) => error);

    expect(failure).toMatchObject({ kind: 'unreadable', retriable: false });
    expect((failure as Error).message).toMatch(/^This file could not be read as a video\./);
    expect((failure as Error).message).not.toContain('127.0.0.1');
    source.close();
  });

  it('pictures that are larger than they may be: unsupported, and not a film of sound alone', async () => {
    const path = join(folder, 'large.mov');
    const picture = ['-f', 'lavfi', '-i', 'color=gray:size=9000x9000:rate=1', '-c:v', 'png', '-pix_fmt', 'gray'];
    ffmpeg([...picture.slice(0, 4), '-f', 'lavfi', '-i', 'sine', ...picture.slice(4), '-t', '1', path]);
    const source = await serveFile(path);

    const failure = await media.probe(source, never).catch((error: unknown) => error);

    expect(failure).toMatchObject({ kind: 'unsupported', retriable: false });
    expect((failure as Error).message).toMatch(/^The pictures of this video are larger/);
    source.close();
  });

  it('a playlist that points at a local file and at another address: unreadable, and neither is read', async () => {
    const asked: string[] = [];
    const other = createServer((req, res) => {
      asked.push(req.url ?? '');
      res.end();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const real = clip(folder, 'mpegts, 30000/1001', 2);
    const playlists = [
      `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://${real}\n#EXTINF:10,\nhttp://127.0.0.1:${port}/a.ts\n#EXT-X-ENDLIST\n`,
      `ffconcat version 1.0\nfile '${real}'\nfile 'http://127.0.0.1:${port}/b.ts'\n`,
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>http://127.0.0.1:${port}/c.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>`,
      `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    ];
    for (const [index, playlist] of playlists.entries()) {
      const source = await serveFile(written(folder, `playlist-${index}.mp4`, playlist));
      await expect(media.probe(source, never)).rejects.toMatchObject({ kind: 'unreadable' });
      expect(new Set(source.asked)).toEqual(new Set(['/file']));
      source.close();
    }
    expect(asked).toEqual([]);
    other.close();
  });

  it('a file whose server is gone in the middle: what came of it does not count, and it may go another time', async () => {
    const source = await serveFile(clip(folder, 'mp4, moov first', 6));
    const plan = planOf(await media.probe(source, never));
    source.close();
    const piece = plan.pieces[0] as (typeof plan.pieces)[0];

    const encoding = media.encodePiece({ source, plan, piece, folder }, never);

    await expect(encoding).rejects.toMatchObject({ kind: 'internal', retriable: true });
  });

  it('less memory than it takes: a failure, and not a worker without memory', async () => {
    const source = await serveFile(clip(folder, 'mp4, moov first', 6));
    const plan = planOf(await media.probe(source, never));
    const narrow = ffmpegMedia({ threads: 1, limits: { memoryBytes: 256 * 2 ** 20 } });
    const piece = plan.pieces[0] as (typeof plan.pieces)[0];

    const encoding = narrow.encodePiece({ source, plan, piece, folder }, never);

    await expect(encoding).rejects.toMatchObject({ name: 'MediaFailure' });
    source.close();
  });
});

describe('ending what runs', () => {
  it('aborted in the middle of a piece: it rejects with the reason within a second, and nothing is left running', async () => {
    const path = clip(folder, '60 frames a second', 60);
    const source = await serveFile(path, { stallAt: 200_000 });
    const probed = await serveFile(path);
    const plan = planOf(await media.probe(probed, never));
    probed.close();
    const ending = new AbortController();
    const piece = { index: 0, firstFrame: 0, frames: null };
    const encoding = media.encodePiece({ source, plan, piece, folder }, ending.signal).catch((error: unknown) => error);
    await until(() => source.asked.length > 0);

    const before = performance.now();
    ending.abort('not wanted');

    expect(await encoding).toBe('not wanted');
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(running(source.url)).toBe('');
    source.close();
  });

  it('sound that nobody takes more of: its encoder ends', async () => {
    const source = await serveFile(clip(folder, 'mp4, moov first', 130));
    const plan = planOf(await media.probe(source, never));

    for await (const part of media.encodeSound({ source, plan, track: 0, folder }, never)) {
      expect(part.segments.length).toBe(3);
      break;
    }

    expect(running(source.url)).toBe('');
    source.close();
  }, 120_000);

  it('input that stalls: it is ended, and may go another time', async () => {
    const path = clip(folder, 'mp4, moov first', 30);
    const probed = await serveFile(path);
    const plan = planOf(await media.probe(probed, never));
    probed.close();
    const source = await serveFile(path, { stallAt: 300_000 });
    const impatient = ffmpegMedia({ threads: 1, stallMs: 1_500 });

    const piece = { index: 0, firstFrame: 0, frames: null };
    const failure = await impatient
      .encodePiece({ source, plan, piece, folder }, never)
      .catch((error: unknown) => error);

    expect(failure).toMatchObject({ kind: 'internal', retriable: true });
    expect(String((failure as Error).cause)).toContain('stood still');
    expect(running(source.url)).toBe('');
    source.close();
  });
});

/** Processes that were started with this address. */
function running(url: string): string {
  const all = execFileSync('ps', ['-ww', '-eo', 'pid,stat,args'], { encoding: 'utf8' });
  return all
    .split('\n')
    .filter((line) => line.includes(url))
    .join('\n');
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

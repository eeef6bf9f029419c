import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ffmpegMedia } from '../../src/adapters/ffmpeg/ffmpeg-media.ts';
import { planOf } from '../../src/domain/plan.ts';
import { clip, ffmpeg } from './support/clips.ts';
import { decode } from './support/encoded.ts';
import { serveFile } from './support/range-server.ts';

const never = new AbortController().signal;
const media = ffmpegMedia({ threads: 1 });
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flixtube-pictures-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('drawPictures', () => {
  it.each(['mp4, moov first', 'portrait by rotation', '10 bit HDR', 'interlaced'])(
    '%s: a poster of its size, and a sprite with a tile every two seconds',
    async (kind) => {
      const { drawn, plan } = await draw(clip(folder, kind, 14));

      const { width, height } = plan.renditions.at(-1) as { width: number; height: number };
      expect(sizeOf(drawn?.poster)).toBe(`${width}x${height}`);
      expect(decode(drawn?.poster ?? '').complaints).toBe('');
      const tile = Math.round((160 * height) / width / 2) * 2;
      expect(drawn?.storyboard?.sprites.map(sizeOf)).toEqual([`800x${2 * tile}`]);
      const vtt = drawn?.storyboard?.vtt((index) => `sprites/${index}.jpg`).split('\n\n') ?? [];
      expect(vtt[0]).toBe('WEBVTT');
      expect(vtt[1]).toBe(`00:00:00.000 --> 00:00:02.000\nsprites/0.jpg#xywh=0,0,160,${tile}`);
      expect(vtt[6]).toMatch(new RegExp(`^00:00:10.000 --> .*\\nsprites/0.jpg#xywh=0,${tile},160,${tile}$`));
      expect(vtt.length).toBe(8);
    },
    60_000,
  );

  it('a film that begins in black: the poster is not black', async () => {
    const path = join(folder, 'black.mp4');
    const black =
      'color=black:size=320x180:rate=25:duration=10[a];testsrc2=size=320x180:rate=25:duration=4[b];[a][b]concat';
    ffmpeg(['-f', 'lavfi', '-i', black, '-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', path]);

    const { drawn } = await draw(path);

    const args = ['-v', 'error', '-i', drawn?.poster ?? '', '-vf', 'scale=1:1,format=gray', '-f', 'rawvideo', '-'];
    expect(execFileSync('ffmpeg', args)[0]).toBeGreaterThan(40);
  });

  it.each([
    ['by its key frames', 70, 35, 2],
    ['by looking places up', 640, 92, 4],
  ])(
    'longer: %s, each tile is of its time',
    async (_title, seconds, count, sprites) => {
      const path = join(folder, `${seconds}.mp4`);
      // Each second is a little brighter than the one before.
      const brighter = `color=black:size=64x36:rate=5:duration=${seconds},geq=lum=16+200*T/${seconds}:cb=128:cr=128`;
      ffmpeg([
        '-f',
        'lavfi',
        '-i',
        brighter,
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-threads',
        '1',
        '-g',
        '5',
        path,
      ]);

      const { drawn } = await draw(path);

      expect(drawn?.storyboard?.sprites.length).toBe(sprites);
      const tiles = drawn?.storyboard?.vtt(String).split('\n\n').slice(1) ?? [];
      expect(tiles.length).toBe(count);
      const shades = drawn?.storyboard?.sprites.flatMap((sprite) => shadesOf(sprite)).slice(0, count) ?? [];
      for (const [index, shade] of shades.entries()) {
        // 16 to 216 of a range from 16 to 235, as JPEG's from 0 to 255.
        expect(Math.abs(shade - (233 * index) / count)).toBeLessThan(12);
      }
    },
    120_000,
  );
});

async function draw(path: string) {
  const source = await serveFile(path);
  const plan = planOf(await media.probe(source, never));
  const drawn = await media.drawPictures({ source, plan, folder: mkdtempSync(join(folder, 'task-')) }, never);
  source.close();
  return { drawn, plan };
}

function sizeOf(path = ''): string {
  const args = ['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0:s=x', path];
  return execFileSync('ffprobe', args, { encoding: 'utf8' }).trim();
}

/** Of each tile of a sprite with five columns. */
function shadesOf(sprite: string): number[] {
  const args = ['-v', 'error', '-i', sprite, '-vf', 'scale=5:5:flags=area,format=gray', '-f', 'rawvideo', '-'];
  return [...execFileSync('ffmpeg', args)];
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ffmpegMedia } from '../../src/adapters/ffmpeg/ffmpeg-media.ts';
import { planOf } from '../../src/domain/plan.ts';
import { chaptersVtt } from '../../src/domain/texts.ts';
import { ffmpeg, written } from './support/clips.ts';
import { encodeAll } from './support/encoded.ts';
import { serveFile } from './support/range-server.ts';

const never = new AbortController().signal;
const media = ffmpegMedia({ threads: 1 });
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flixtube-texts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=4'];
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-bf', '0'];
const srt = (...texts: string[]) =>
  texts.map((text, n) => `${n + 1}\n00:00:0${n},500 --> 00:00:0${n + 1},250\n${text}\n`).join('\n');
const ass = (...texts: string[]) =>
  [
    '[Script Info]\nScriptType: v4.00+\n\n[Events]',
    'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
    ...texts.map((text, n) => `Dialogue: 0,0:00:0${n}.50,0:00:0${n + 1}.25,Default,,0,0,0,,${text}`),
  ].join('\n');
const cue = (n: number, text: string) => `\n00:00:0${n}.500 --> 00:00:0${n + 1}.250\n${text}\n`;
const chapters = [
  ';FFMETADATA1',
  '[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=Ann <b>& "Bo"',
  '[CHAPTER]\nTIMEBASE=1/1000\nSTART=1500\nEND=4000\n',
].join('\n');

/** A film of 4 s with a picture as stream 0, and the streams of these files after it. */
function film(name: string, files: [name: string, content: string][], options: string[]): string {
  const path = join(folder, name);
  const inputs = files.flatMap(([file, content]) => ['-i', written(folder, `of-${name}-${file}`, content)]);
  const maps = files.flatMap(([file], n) =>
    file.endsWith('.txt') ? ['-map_metadata', `${n + 1}`] : ['-map', `${n + 1}`],
  );
  ffmpeg([...picture, ...inputs, '-map', '0', ...maps, ...h264, ...options, path]);
  return path;
}

async function textsOf(path: string) {
  const source = await serveFile(path);
  const { probe } = planOf(await media.probe(source, never));
  const task = mkdtempSync(join(folder, 'task-'));
  const files = await media.extractTexts({ source, plan: planOf(probe), folder: task }, never);
  source.close();
  // Nothing else is left in its folder.
  expect(readdirSync(task).toSorted()).toEqual(files.map(({ file }) => file.slice(task.length + 1)).toSorted());
  return { probe, texts: files.map(({ track, file }) => [track, readFileSync(file, 'utf8')]) };
}

describe('the texts of a file', () => {
  it('of Matroska: SRT, ASS and WebVTT, languages, titles, dispositions and chapters', async () => {
    const path = film(
      'all.mkv',
      [
        ['en.srt', srt('<i>Hello</i> & <b>you</b>', '1 < 2 --> 3')],
        ['de.ass', ass('{\\i1}Hallo{\\i0}\\NWelt', '{\\p1}m 0 0 l 100 0 100 100 0 100{\\p0}', '{\\an8}oben')],
        ['fr.vtt', 'WEBVTT\n\n00:00.500 --> 00:01.250 line:10% align:start\n<v Ann>Ça</v>\n'],
        ['chapters.txt', chapters],
      ],
      [
        ...['-c:s', 'copy', '-metadata:s:s:0', 'language=eng', '-metadata:s:s:1', 'language=ger'],
        ...['-metadata:s:s:1', 'title=Für alle', '-disposition:s:0', 'forced', '-disposition:s:2', 'hearing_impaired'],
      ],
    );

    const { probe, texts } = await textsOf(path);

    expect(probe.texts).toEqual([
      { stream: 1, codec: 'subrip', language: 'eng', title: null, forced: true, sdh: false },
      { stream: 2, codec: 'ass', language: 'ger', title: 'Für alle', forced: false, sdh: false },
      { stream: 3, codec: 'webvtt', language: null, title: null, forced: false, sdh: true },
    ]);
    expect(texts).toEqual([
      [0, `WEBVTT\n${cue(0, '<i>Hello</i> &amp; <b>you</b>')}`],
      [1, `WEBVTT\n${cue(0, '<i>Hallo</i>\nWelt')}${cue(2, 'oben')}`],
      [2, 'WEBVTT\n\n00:00:00.500 --> 00:00:01.250 line:10% align:start\n<v Ann>Ça</v>\n'],
    ]);
    expect(chaptersVtt(probe.chapters, probe.durationSeconds)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nAnn &lt;b&gt;&amp; "Bo"\n\n00:00:01.500 --> 00:00:04.000\nChapter 2\n',
    );
  });

  it('of MP4: mov_text and chapters', async () => {
    const path = film(
      'text.mp4',
      [
        ['en.srt', srt('One', '<b>Two</b>')],
        ['chapters.txt', chapters],
      ],
      ['-c:s', 'mov_text', '-metadata:s:s:0', 'language=eng', '-movflags', '+faststart'],
    );

    const { probe, texts } = await textsOf(path);

    expect(probe.texts).toMatchObject([{ codec: 'mov_text', language: 'eng' }]);
    expect(texts).toEqual([[0, `WEBVTT\n${cue(0, 'One')}${cue(1, '<b>Two</b>')}`]]);
    expect(probe.chapters.map(({ title }) => title)).toEqual(['Ann <b>& "Bo"', null]);
  });

  it('stay out of its pieces, of which ffmpeg would make a track of chapters', async () => {
    const path = film('chapters.mp4', [['chapters.txt', chapters]], []);
    const source = await serveFile(path);
    const plan = planOf(await media.probe(source, never));
    const tracks = await encodeAll(media, source, plan, mkdtempSync(join(folder, 'task-')));
    source.close();

    expect(plan.probe.chapters).toHaveLength(2);
    for (const { path: track } of tracks.values()) {
      const args = ['-v', 'error', '-show_entries', 'stream=codec_type:chapter=start', '-of', 'csv=p=0', track];
      expect(execFileSync('ffprobe', args, { encoding: 'utf8' }).trim()).toBe('video');
    }
  });

  it('of a file whose time begins later: on our time, which begins at zero', async () => {
    const usual = film('usual.mkv', [['en.srt', srt('One', 'Two')]], ['-c:s', 'copy']);
    const late = join(folder, 'late.mkv');
    ffmpeg(['-i', usual, '-map', '0', '-c', 'copy', '-output_ts_offset', '30', late]);

    const { probe, texts } = await textsOf(late);

    expect(probe.startSeconds).toBeCloseTo(30, 1);
    expect(texts).toEqual([[0, `WEBVTT\n${cue(0, 'One')}${cue(1, 'Two')}`]]);
  });

  it('that are pictures are left out, and so is a track without a cue', async () => {
    const path = film(
      'pictures.mkv',
      [
        ['en.srt', srt('One')],
        ['empty.ass', ass('{\\p1}m 0 0 l 1 1{\\p0}')],
      ],
      ['-map', '1', '-c:s:0', 'copy', '-c:s:1', 'copy', '-c:s:2', 'copy'],
    );
    // As a picture's codec is written in Matroska, of the same length as the one that is there.
    const bytes = readFileSync(path);
    bytes.write('S_VOBSUB\0\0\0', bytes.lastIndexOf('S_TEXT/UTF8'), 'latin1');
    const { probe, texts } = await textsOf(written(folder, 'vobsub.mkv', bytes));

    expect(probe.texts.map(({ codec }) => codec)).toEqual(['subrip', 'ass']);
    expect(texts).toEqual([[0, `WEBVTT\n${cue(0, 'One')}`]]);
  });

  it('are no more than 32 tracks and 1000 chapters', async () => {
    const many = Array.from(
      { length: 1_001 },
      (_, n) => `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${n}\nEND=${n + 1}\ntitle=${n}`,
    );
    const files: [string, string][] = [
      ['en.srt', srt('One')],
      ['chapters.txt', [';FFMETADATA1', ...many].join('\n')],
    ];
    const copies = Array.from({ length: 32 }, () => ['-map', '1']).flat();
    const { probe, texts } = await textsOf(film('many.mkv', files, [...copies, '-c:s', 'copy']));

    expect([probe.texts.length, probe.chapters.length]).toEqual([32, 1_000]);
    expect(texts).toHaveLength(32);
    expect(texts[31]).toEqual([31, `WEBVTT\n${cue(0, 'One')}`]);
  });

  it('of a hostile file are safe, and no longer than they may be', async () => {
    const long = Array.from({ length: 30_000 }, (_, n) => {
      const clock = new Date(n).toISOString().slice(11, 23).replace('.', ',');
      return `${n + 1}\n${clock} --> 00:09:00,000\n${'&'.repeat(200)}\n`;
    });
    const path = film(
      'hostile.mkv',
      [
        ['script.vtt', 'WEBVTT\n\n00:00.500 --> 00:01.250\n<img src=x onerror=alert(1)>&<script>\n'],
        ['long.srt', long.join('\n')],
        ['last.srt', srt('Still there')],
      ],
      ['-c:s', 'copy'],
    );

    const { texts } = await textsOf(path);

    expect(texts[0]).toEqual([0, `WEBVTT\n${cue(0, '&lt;img src=x onerror=alert(1)&gt;&amp;&lt;script&gt;')}`]);
    const bytes = Buffer.byteLength(String(texts[1]?.[1]));
    expect(bytes).toBeGreaterThan(3.9 * 2 ** 20);
    expect(bytes).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(texts[2]).toEqual([2, `WEBVTT\n${cue(0, 'Still there')}`]);
  });
});

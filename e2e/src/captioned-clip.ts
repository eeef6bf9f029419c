import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { clip } from './clips.ts';

const run = promisify(execFile);

const srt = (text: string) => `1\n00:00:00,500 --> 00:00:01,500\n${text}\n`;
const chapters = [
  ';FFMETADATA1',
  '[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=The beginning',
  '[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=3000\n',
].join('\n');

/** A Matroska file of 3 s with English sound and a comment, English and German subtitles, English ones that are forced, and two chapters. */
export async function captionedClip(): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flixtube-captioned-'));
  try {
    const files: [string, string | Uint8Array][] = [
      ['clip.mp4', await clip(3, '320x180')],
      ['en.srt', srt('<i>Hello</i> <script>')],
      ['de.srt', srt('Grüße')],
      ['forced.srt', srt('[in Klingon]')],
      ['chapters.txt', chapters],
    ];
    for (const [name, content] of files) await writeFile(path.join(folder, name), content);
    const inputs = files.flatMap(([name]) => ['-i', path.join(folder, name)]);
    const maps = ['0', '0:a', '1', '2', '3'].flatMap((input) => ['-map', input]);
    const languages = ['eng', 'ger', 'eng'].flatMap((tag, n) => [`-metadata:s:s:${n}`, `language=${tag}`]);
    const sounds = ['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'title=By its maker'];
    const output = path.join(folder, 'captioned.mkv');
    const options = ['-map_metadata', '4', '-c', 'copy', ...languages, ...sounds, '-disposition:s:2', 'forced'];
    await run('ffmpeg', ['-v', 'error', ...inputs, ...maps, ...options, output]);
    return new Uint8Array(await readFile(output));
  } finally {
    await rm(folder, { recursive: true });
  }
}

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100'];
const aac = ['-c:a', 'aac', '-b:a', '96k'];
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-g', '75', '-pix_fmt', 'yuv420p'];
const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast'];
const picture = (size: string, rate: string | number) => ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}`];
/** Of a clip: three pieces. */
export const clipSeconds = 10;

/** What ffmpeg is given to make each clip, without the output's name; `name` has the container. */
const recipes: Record<string, { name: string; args: string[]; after?(path: string): void }> = {
  'mp4, moov first': {
    name: 'faststart.mp4',
    args: [...picture('320x180', 30), ...sound, ...h264, ...aac, '-movflags', '+faststart'],
  },
  'mp4, moov last': { name: 'moov-last.mp4', args: [...picture('320x180', 25), ...sound, ...h264, ...aac] },
  'mkv, two sound tracks': {
    name: 'two.mkv',
    args: [
      ...[...picture('320x180', '24000/1001'), ...sound, '-map', '0', '-map', '1', '-map', '1', ...h264, ...aac],
      ...['-metadata:s:a:0', 'language=ger', '-metadata:s:a:1', 'title=Commentary'],
    ],
  },
  'webm, VP9 and Opus': {
    name: 'vp9.webm',
    args: [
      ...[...picture('320x180', 30), ...sound, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
      ...['-b:v', '300k', '-c:a', 'libopus', '-b:a', '64k'],
    ],
  },
  'mpegts, 30000/1001': {
    name: 'ntsc.ts',
    args: [...picture('320x180', '30000/1001'), ...sound, ...h264, ...aac],
  },
  'mpegts, key frames far apart': {
    name: 'far.ts',
    args: [...picture('320x180', 25), ...sound, ...h264, '-g', '300', ...aac],
  },
  'webm that says neither how long it is nor where what is': {
    name: 'live.webm',
    args: [
      ...[...picture('320x180', 30), ...sound, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '90'],
      ...['-b:v', '300k', '-c:a', 'libopus', '-b:a', '64k', '-seekable', '0'],
    ],
  },
  flv: { name: 'old.flv', args: [...picture('320x180', 25), ...sound, ...h264, ...aac] },
  'variable frame rate': {
    name: 'vfr.mp4',
    args: [
      ...[...picture('320x180', 30), ...sound, '-vf', 'select=not(mod(n\\,3))+lt(mod(n\\,90)\\,45)'],
      ...['-fps_mode', 'vfr', ...h264, ...aac],
    ],
  },
  '60 frames a second': { name: 'sixty.mp4', args: [...picture('320x180', 60), ...sound, ...h264, ...aac] },
  'portrait by rotation': {
    name: 'portrait.mov',
    args: [...picture('320x180', 30), ...sound, ...h264, ...aac],
    after: rotate,
  },
  'odd dimensions': {
    name: 'odd.mkv',
    args: [...picture('321x241', 15), ...sound, '-c:v', 'ffv1', '-pix_fmt', 'yuv444p', ...aac],
  },
  'avi, MPEG-4': { name: 'old.avi', args: [...picture('320x180', 25), ...sound, '-c:v', 'mpeg4', '-c:a', 'mp3'] },
  '5.1 sound': {
    name: 'surround.mkv',
    args: [
      ...picture('320x180', 25),
      ...sound,
      ...h264,
      '-af',
      'pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0',
      '-c:a',
      'ac3',
    ],
  },
  'no sound': { name: 'silent.mp4', args: [...picture('320x180', 25), ...h264] },
  'sound begins later': {
    name: 'later.mkv',
    args: [...picture('320x180', 25), '-itsoffset', '1.5', ...sound, ...h264, ...aac],
  },
  'picture begins later': {
    name: 'late-picture.mkv',
    args: ['-itsoffset', '1.5', ...picture('320x180', 25), ...sound, ...h264, ...aac],
  },
  'mp4 that stands still for long, and is silent before its end': {
    name: 'still.mp4',
    // With frames that are decoded before they are shown, so that the index has the end of the gap at its beginning.
    args: [
      ...[...picture('320x180', 30), ...sound, '-vf', 'select=lt(t\\,1)+gte(t\\,8.5)', '-af', 'atrim=end=5'],
      ...['-fps_mode', 'vfr', ...h264, '-bf', '3', '-x264-params', 'b-adapt=0', '-force_key_frames', '8.5', ...aac],
    ],
  },
  'picture ends long before the sound': {
    name: 'longer-sound.mp4',
    args: [...picture('320x180', 25), ...sound, '-vf', 'trim=end=6', ...h264, ...aac],
  },
  'mpegts, size and channels change half-way': {
    name: 'changes.ts',
    args: [
      ...[...picture('320x180', 25), ...sound, '-vf', 'trim=end=5', '-af', 'atrim=end=5'],
      ...[...h264, '-c:a', 'ac3', '-ac', '2'],
    ],
    after: (path) => {
      const surround = ['-af', 'pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0', '-c:a', 'ac3'];
      const rest = [...picture('640x360', 25), ...sound, ...h264, ...surround, '-t', '5', '-output_ts_offset', '5'];
      ffmpeg([...rest, `${path}.rest.ts`]);
      appendFileSync(path, readFileSync(`${path}.rest.ts`));
    },
  },
  interlaced: {
    name: 'interlaced.ts',
    args: [
      ...[
        ...picture('320x180', 50),
        ...sound,
        '-vf',
        'interlace=scan=tff',
        '-c:v',
        'mpeg2video',
        '-flags',
        '+ildct+ilme',
      ],
      ...['-b:v', '2M', '-c:a', 'mp2'],
    ],
  },
  'mp4, HEVC': {
    name: 'hevc.mp4',
    args: [...picture('320x180', 25), ...sound, ...x265, '-x265-params', 'log-level=none:pools=1', ...aac],
  },
  'mp4, AV1': {
    name: 'av1.mp4',
    args: [
      ...[...picture('320x180', 25), ...sound, '-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8'],
      ...['-g', '75', ...aac],
    ],
  },
  'mov, ProRes with 10 bits of 4:2:2': {
    name: 'prores.mov',
    args: [...picture('320x180', 25), ...sound, '-c:v', 'prores_ks', '-profile:v', '3', '-c:a', 'pcm_s16le'],
  },
  'mp4, H.264 with 10 bits': {
    name: 'ten.mp4',
    args: [...picture('320x180', 25), ...sound, ...h264, '-pix_fmt', 'yuv420p10le', ...aac],
  },
  'a picture in full range': {
    name: 'full.mp4',
    args: [...picture('320x180', 25), ...sound, ...h264, '-vf', 'scale=out_range=pc', '-color_range', 'pc', ...aac],
  },
  '10 bit HDR': {
    name: 'hdr.mkv',
    args: [
      ...[...picture('320x180', 25), ...sound, ...x265, '-pix_fmt', 'yuv420p10le'],
      ...['-x265-params', 'log-level=none:pools=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc', ...aac],
    ],
  },
};

export const kinds = Object.keys(recipes);

/** Makes a clip in a folder, once. */
export function clip(folder: string, kind: string, length = clipSeconds): string {
  const recipe = recipes[kind];
  if (recipe === undefined) throw new Error(`no clip is called ${kind}`);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${length}-${recipe.name}`);
  ffmpeg([...recipe.args, '-t', String(length), path]);
  recipe.after?.(path);
  return path;
}

export function soundAlone(folder: string): string {
  const path = join(folder, 'alone.m4a');
  ffmpeg([...sound, ...aac, '-t', '70', path]);
  return path;
}

export function oneFrame(folder: string): string {
  const path = join(folder, 'one.mp4');
  ffmpeg([...picture('320x180', 25), ...h264, '-frames:v', '1', path]);
  return path;
}

/** A song with a picture of its cover. */
export function songWithCover(folder: string): string {
  const path = join(folder, 'song.mp3');
  const cover = join(folder, 'cover.jpg');
  ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=1', '-frames:v', '1', '-update', '1', cover]);
  const both = ['-i', cover, '-map', '0', '-map', '1', '-c:v', 'copy', '-disposition:v', 'attached_pic'];
  ffmpeg([...sound.slice(0, 2), '-t', '8', ...sound.slice(2), ...both, '-c:a', 'libmp3lame', path]);
  return path;
}

/** With subtitles in two formats, and chapters. */
export function withTexts(folder: string): string {
  const path = join(folder, 'texts.mkv');
  const subtitles = written(folder, 'en.srt', '1\n00:00:01,000 --> 00:00:02,000\nHello\n');
  const chapters = '[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=3\n[CHAPTER]\nTIMEBASE=1/1\nSTART=3\nEND=6\n';
  const facts = written(folder, 'chapters.txt', `;FFMETADATA1\n${chapters}`);
  const inputs = [...picture('320x180', 25), '-i', subtitles, '-i', facts, '-map', '0', '-map', '1', '-map', '1'];
  const texts = ['-map_metadata', '2', '-c:s:0', 'srt', '-c:s:1', 'ass', '-metadata:s:s:0', 'language=eng'];
  ffmpeg([...inputs, ...h264, ...texts, '-t', '6', path]);
  return path;
}

/** With bytes that are wrong, all over its middle. */
export function damaged(folder: string): string {
  const path = clip(folder, 'mpegts, 30000/1001', 13);
  const bytes = readFileSync(path);
  for (let at = bytes.length >> 2; at < (bytes.length * 3) >> 2; at += 4_999) bytes.fill(at & 0xff, at, at + 50);
  writeFileSync(path, bytes);
  return path;
}

/** Cut in the middle, with its moov at the front. */
export function truncated(folder: string): string {
  const path = clip(folder, 'mp4, moov first', 13);
  truncateSync(path, Math.round(readFileSync(path).length * 0.6));
  return path;
}

export function written(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

export function ffmpeg(args: string[]): string {
  const quiet = ['-nostdin', '-v', 'error', '-y'];
  return execFileSync('ffmpeg', [...quiet, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Ninety degrees, in the matrix of the first track's header (ISO/IEC 14496-12 §8.3.2), as telephones write it. */
function rotate(path: string): void {
  const bytes = readFileSync(path);
  const matrix = bytes.indexOf('tkhd') + 4 + 40;
  for (const [index, value] of [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000].entries()) {
    bytes.writeInt32BE(value, matrix + 4 * index);
  }
  writeFileSync(path, bytes);
}

import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes HLS of a file in a folder: 180p and 90p in segments of 2 s, their sound apart; main.m3u8 names them. */
export async function makeHls(source: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const scaled = '[0:v]split=2[a][b];[a]scale=160:90[low];[b]scale=320:180[high]';
  const streams = ['-map', '[low]', '-map', '[high]', '-map', '0:a', '-c:v', 'libx264', '-preset', 'ultrafast'];
  const segments = [
    '-g',
    '50',
    '-keyint_min',
    '50',
    '-sc_threshold',
    '0',
    '-hls_time',
    '2',
    '-hls_playlist_type',
    'vod',
  ];
  await run(
    'ffmpeg',
    [
      ...[
        '-v',
        'error',
        '-y',
        '-i',
        source,
        '-filter_complex',
        scaled,
        ...streams,
        ...segments,
        '-c:a',
        'aac',
        '-f',
        'hls',
      ],
      ...['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'init-%v.mp4', '-master_pl_name', 'main.m3u8'],
      ...['-var_stream_map', 'v:0,agroup:a,name:90p v:1,agroup:a,name:180p a:0,agroup:a,name:audio,default:yes'],
      ...['-hls_segment_filename', '%v-%d.m4s', '%v.m3u8'],
    ],
    { cwd: folder },
  );
}

/** A file of it; of a media playlist only the first `segments`, as while the rest is still being made. */
export async function hlsFile(folder: string, name: string, segments = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const bytes = await readFile(path.join(folder, path.basename(name)));
  if (!name.endsWith('.m3u8') || name.endsWith('main.m3u8') || segments === Number.POSITIVE_INFINITY) return bytes;
  const [head = '', ...parts] = bytes
    .toString()
    .replace('#EXT-X-ENDLIST\n', '')
    .split(/(?=#EXTINF)/);
  return Buffer.from([head.replace('TYPE:VOD', 'TYPE:EVENT'), ...parts.slice(0, segments)].join(''));
}

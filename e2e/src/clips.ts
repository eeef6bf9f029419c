import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A short H.264/AAC clip with moving pictures and a sound, made once and kept in the temporary folder. */
export async function clip(seconds: number, size = '640x360'): Promise<Uint8Array<ArrayBuffer>> {
  const folder = path.join(tmpdir(), 'flixtube-clips');
  const file = path.join(folder, `${seconds}s-${size}.mp4`);
  if ((await stat(file).catch(() => null)) === null) {
    await mkdir(folder, { recursive: true });
    const unfinished = `${file}.${process.pid}.mp4`;
    const inputs = ['-f', 'lavfi', '-i', `mandelbrot=size=${size}:rate=25`, '-f', 'lavfi', '-i', 'sine=frequency=330'];
    const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25', '-c:a', 'aac'];
    await run('ffmpeg', [
      '-v',
      'error',
      '-y',
      ...inputs,
      '-t',
      String(seconds),
      ...codecs,
      '-movflags',
      '+faststart',
      unfinished,
    ]);
    await rename(unfinished, file);
  }
  return new Uint8Array(await readFile(file));
}

/** A file that begins like an MP4 and goes on with bytes that depend on `seed` alone: cheap to make and to compare. */
export function fakeClip(sizeBytes: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeBytes);
  const head = [0, 0, 0, 0x18, ...Buffer.from('ftypisom'), 0, 0, 2, 0, ...Buffer.from('isomiso2')];
  bytes.set(head.slice(0, sizeBytes));
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let at = head.length; at < sizeBytes; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

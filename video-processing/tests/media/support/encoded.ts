import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodedPart, Media, Plan, Source } from '../../../src/domain/media.ts';

const never = new AbortController().signal;

/** A track with all of its parts, as a player gets them. */
export interface Track {
  parts: EncodedPart[];
  path: string;
}

/** Encodes all pieces and all sound tracks, and joins each track's init segment and parts in a file. */
export async function encodeAll(media: Media, source: Source, plan: Plan, folder: string): Promise<Map<string, Track>> {
  const parts: EncodedPart[] = [];
  for (const piece of plan.pieces) parts.push(...(await media.encodePiece({ source, plan, piece, folder }, never)));
  for (const track of plan.probe.sound.keys()) {
    for await (const part of media.encodeSound({ source, plan, track, folder }, never)) parts.push(part);
  }
  const tracks = new Map<string, Track>();
  for (const part of parts) {
    const track = tracks.get(part.track) ?? { parts: [], path: join(folder, `${part.track}.mp4`) };
    track.parts.push(part);
    tracks.set(part.track, track);
  }
  for (const { parts: all, path } of tracks.values()) {
    writeFileSync(path, Buffer.concat([all[0]?.init as Buffer, ...all.map(({ file }) => readFileSync(file))]));
  }
  return tracks;
}

export interface Packet {
  pts: number;
  duration: number;
  key: boolean;
}

export function packetsOf(path: string): Packet[] {
  const args = ['-v', 'error', '-show_entries', 'packet=pts,duration,flags', '-of', 'json', path];
  const { packets } = JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8', maxBuffer: 2 ** 26 }));
  return packets.map(({ pts, duration, flags }: { pts: number; duration: number; flags: string }) => ({
    pts,
    duration,
    key: flags.startsWith('K'),
  }));
}

/** What ffmpeg complains of when it decodes the whole file, and how many frames come out. */
export function decode(path: string): { complaints: string; frames: number } {
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-progress',
    'pipe:1',
    '-i',
    path,
    '-fps_mode',
    'passthrough',
    '-f',
    'null',
    '-',
  ];
  const { stdout, stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
  return {
    complaints: stderr,
    frames: Number(
      stdout
        .match(/frame=\s*(\d+)/g)
        ?.at(-1)
        ?.slice(6) ?? 0,
    ),
  };
}

/** The lowest PSNR, in dB, of a frame against the frame of the same number that a filter makes of another file. */
export function leastLikeness(path: string, original: string, filter: string): number {
  const graph = `[0:v]settb=AVTB,setpts=N/TB[a];[1:v]${filter},settb=AVTB,setpts=N/TB[b];[a][b]psnr=stats_file=-:shortest=1`;
  const args = ['-nostdin', '-v', 'error', '-i', path, '-copyts', '-i', original, '-lavfi', graph, '-f', 'null', '-'];
  const text = execFileSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const values = [...text.matchAll(/psnr_y:([\d.]+)/g)].map(([, value]) => Number(value));
  return Math.min(...values);
}

/** When the first sample comes that is not nearly silent, in seconds. */
export function firstHeard(path: string): number {
  const args = ['-nostdin', '-v', 'error', '-i', path, '-ac', '1', '-ar', '48000', '-f', 's16le', '-'];
  const samples = execFileSync('ffmpeg', args, { maxBuffer: 2 ** 28 });
  for (let at = 0; at + 1 < samples.length; at += 2) {
    if (Math.abs(samples.readInt16LE(at)) > 1_000) return at / 2 / 48_000;
  }
  return Number.POSITIVE_INFINITY;
}

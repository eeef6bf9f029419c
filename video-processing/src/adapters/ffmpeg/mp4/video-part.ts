import { type FileHandle, open } from 'node:fs/promises';
import type { EncodedSegment } from '../../../domain/media.ts';
import { boxesOf, boxOf, bytesOf } from './boxes.ts';
import { patchDurations, patchFragment, readFragment } from './fragment.ts';

export interface VideoPart {
  init: Buffer;
  codecs: string;
  segments: EncodedSegment[];
}

export interface VideoGrid {
  ticksOfFrame: number;
  gopFrames: number;
  segmentFrames: number;
  /** The part's first frame in the whole track. */
  firstFrame: number;
}

/**
 * Makes a part of a track from a fragmented MP4 file with one fragment a GOP: what comes before the first fragment is
 * the initialization segment, and fragments go into a file of their own, with numbers and decode times that go on from
 * the part before. Read and written piece by piece.
 */
export async function videoPartOf(from: string, to: string, grid: VideoGrid): Promise<VideoPart> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'w');
    try {
      return await moveFragments(source, target, grid);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function moveFragments(source: FileHandle, target: FileHandle, grid: VideoGrid): Promise<VideoPart> {
  const heads: Buffer[] = [];
  const segments: EncodedSegment[] = [];
  let written = 0;
  let frames = 0;
  const buffer = Buffer.allocUnsafe(copySize);
  for await (const { type, start, end } of boxesOf(source)) {
    if (type === 'ftyp' || type === 'moov') heads.push(await bytesOf(source, start, end - start));
    if (type === 'mdat') written += await copy(source, start, end, target, buffer);
    if (type !== 'moof') continue;
    const moof = await bytesOf(source, start, end - start);
    patchDurations(moof, grid.ticksOfFrame);
    const { samples, ticks, firstSize, dataOffset } = readFragment(moof);
    if (frames % grid.gopFrames !== 0 || ticks !== samples * grid.ticksOfFrame) {
      throw new Error(`a fragment of ${samples} frames and ${ticks} ticks came after ${frames} frames`);
    }
    const frame = grid.firstFrame + frames;
    patchFragment(moof, { sequence: frame / grid.gopFrames + 1, decodeTime: frame * grid.ticksOfFrame });
    if (frames % grid.segmentFrames === 0) segments.push({ start: written, length: 0, ticks: 0, keyframes: [] });
    const segment = segments.at(-1) as EncodedSegment;
    segment.ticks += ticks;
    segment.keyframes.push({ start: written, length: dataOffset + firstSize, ticks });
    written += (await target.write(moof)).bytesWritten;
    frames += samples;
  }
  for (const [index, segment] of segments.entries()) {
    segment.length = (segments[index + 1]?.start ?? written) - segment.start;
  }
  const init = Buffer.concat(heads);
  return { init, codecs: frames > 0 ? codecsOf(init) : '', segments };
}

const copySize = 2 ** 18;

async function copy(source: FileHandle, start: number, end: number, target: FileHandle, buffer: Buffer) {
  for (let at = start; at < end; ) {
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, end - at), at);
    if (bytesRead === 0) throw new Error(`the file ends at ${at}, within a box that ends at ${end}`);
    await target.writeFile(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return end - start;
}

/** RFC 6381 §3.3: profile, constraints and level, as they stand in the avcC box (ISO/IEC 14496-15 §5.3.3.1). */
function codecsOf(init: Buffer): string {
  const stsd = boxOf(init, 'moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd');
  // One entry: after version, flags and count, a box whose own boxes begin after 78 bytes (ISO/IEC 14496-12 §12.1.3).
  const entry = init.subarray(stsd.content + 8, stsd.end);
  const avcC = boxOf(entry.subarray(8 + 78), 'avcC').content + 8 + 78;
  return `avc1.${entry.toString('hex', avcC + 1, avcC + 4)}`;
}

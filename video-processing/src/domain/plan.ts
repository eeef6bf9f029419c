import { ladderOf } from './ladder.ts';
import type { Piece, Plan, Probe } from './media.ts';

const gopSeconds = 2;
const gopsOfSegment = 2;
/** In segments: the first pieces are small, so that the beginning can be played soon. */
const firstPieces = [1, 2];
const laterPieces = 3;
/** A rest of less than so much of a segment goes with the piece before it. */
const smallRest = 0.5;

/** What has to be done to a file. The same for the same probe, always. */
export function planOf(probe: Probe): Plan {
  const { picture, durationSeconds } = probe;
  if (picture === null) return { probe, renditions: [], gopFrames: 0, segmentFrames: 0, pieces: [] };
  const { num, den } = picture.frameRate;
  const gopFrames = Math.max(1, Math.round((gopSeconds * num) / den));
  const segmentFrames = gopsOfSegment * gopFrames;
  const frames = Math.max(1, Math.round((durationSeconds * num) / den));
  return { probe, renditions: ladderOf(picture), gopFrames, segmentFrames, pieces: piecesOf(frames, segmentFrames) };
}

/** The last one is open-ended: how long a file says it is and how long it is are not always the same. */
function piecesOf(frames: number, segmentFrames: number): Piece[] {
  const pieces: Piece[] = [];
  let firstFrame = 0;
  for (let index = 0; ; index += 1) {
    const length = (firstPieces[index] ?? laterPieces) * segmentFrames;
    const isLast = frames - firstFrame - length < smallRest * segmentFrames;
    pieces.push({ index, firstFrame, frames: isLast ? null : length });
    if (isLast) return pieces;
    firstFrame += length;
  }
}

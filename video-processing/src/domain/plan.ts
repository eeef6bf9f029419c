import { ladderOf } from './ladder.ts';
import type { Piece, Plan, Probe } from './media.ts';

const gopSeconds = 2;
const gopsOfSegment = 2;
/** In segments: the first pieces are small, so that the beginning can be played soon. */
const firstPieces = [1, 2];
const laterPieces = 4;
/** The last pieces are small too: so much of what is left, so that no worker is left with a large one alone. */
const shareOfRest = 1 / 3;
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
  const segments = Math.max(1, Math.floor(frames / segmentFrames + 1 - smallRest));
  const pieces: Piece[] = [];
  for (let begun = 0; begun < segments; ) {
    const index = pieces.length;
    const left = segments - begun;
    const length = Math.min(firstPieces[index] ?? laterPieces, Math.ceil(left * shareOfRest));
    const isLast = length === left;
    pieces.push({ index, firstFrame: begun * segmentFrames, frames: isLast ? null : length * segmentFrames });
    begun += length;
  }
  return pieces;
}

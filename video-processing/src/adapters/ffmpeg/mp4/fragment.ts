import { boxOf } from './boxes.ts';

/** What a movie fragment with one track and one run says of its samples (ISO/IEC 14496-12 §8.8). */
export interface Fragment {
  /** The decode time of its first sample, in ticks. */
  decodeTime: number;
  samples: number;
  ticks: number;
  /** Of its first sample, in bytes. */
  firstSize: number;
  /** From the moof's first byte to the first sample's. */
  dataOffset: number;
}

const tfhdFlags = { baseDataOffset: 0x1, sampleDescription: 0x2, duration: 0x8, size: 0x10 };
const trunFlags = {
  dataOffset: 0x1,
  firstFlags: 0x4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  compositionTime: 0x800,
};

export function readFragment(moof: Buffer): Fragment {
  const tfdt = boxOf(moof, 'moof', 'traf', 'tfdt').content;
  const decodeTime = moof[tfdt] === 1 ? Number(moof.readBigUInt64BE(tfdt + 4)) : moof.readUInt32BE(tfdt + 4);
  const defaults = readDefaults(moof);
  const trun = boxOf(moof, 'moof', 'traf', 'trun').content;
  const flags = moof.readUIntBE(trun + 1, 3);
  const samples = moof.readUInt32BE(trun + 4);
  let at = trun + 8;
  let dataOffset = 0;
  if (flags & trunFlags.dataOffset) {
    dataOffset = moof.readInt32BE(at);
    at += 4;
  }
  if (flags & trunFlags.firstFlags) at += 4;
  let ticks = 0;
  let firstSize = defaults.size;
  for (let index = 0; index < samples; index += 1) {
    ticks += flags & trunFlags.duration ? moof.readUInt32BE(at) : defaults.duration;
    if (flags & trunFlags.duration) at += 4;
    if (index === 0 && flags & trunFlags.size) firstSize = moof.readUInt32BE(at);
    if (flags & trunFlags.size) at += 4;
    if (flags & trunFlags.flags) at += 4;
    if (flags & trunFlags.compositionTime) at += 4;
  }
  return { decodeTime, samples, ticks, firstSize, dataOffset };
}

function readDefaults(moof: Buffer): { duration: number; size: number } {
  const tfhd = boxOf(moof, 'moof', 'traf', 'tfhd').content;
  const flags = moof.readUIntBE(tfhd + 1, 3);
  let at = tfhd + 8;
  if (flags & tfhdFlags.baseDataOffset) at += 8;
  if (flags & tfhdFlags.sampleDescription) at += 4;
  const duration = flags & tfhdFlags.duration ? moof.readUInt32BE(at) : 0;
  if (flags & tfhdFlags.duration) at += 4;
  return { duration, size: flags & tfhdFlags.size ? moof.readUInt32BE(at) : 0 };
}

/** Sets its number and its decode time, in place. */
export function patchFragment(moof: Buffer, { sequence, decodeTime }: { sequence: number; decodeTime: number }): void {
  moof.writeUInt32BE(sequence, boxOf(moof, 'moof', 'mfhd').content + 4);
  const tfdt = boxOf(moof, 'moof', 'traf', 'tfdt').content;
  if (moof[tfdt] === 1) moof.writeBigUInt64BE(BigInt(decodeTime), tfdt + 4);
  else moof.writeUInt32BE(decodeTime, tfdt + 4);
}

/** Gives each sample this duration, in place: encoders do not always say how long the last one is shown. */
export function patchDurations(moof: Buffer, ticks: number): void {
  const tfhd = boxOf(moof, 'moof', 'traf', 'tfhd').content;
  const defaults = moof.readUIntBE(tfhd + 1, 3);
  if (defaults & tfhdFlags.duration) {
    const before = (defaults & tfhdFlags.baseDataOffset ? 8 : 0) + (defaults & tfhdFlags.sampleDescription ? 4 : 0);
    moof.writeUInt32BE(ticks, tfhd + 8 + before);
  }
  const trun = boxOf(moof, 'moof', 'traf', 'trun').content;
  const flags = moof.readUIntBE(trun + 1, 3);
  if (!(flags & trunFlags.duration)) return;
  const perSample = [trunFlags.duration, trunFlags.size, trunFlags.flags, trunFlags.compositionTime];
  const stride = 4 * perSample.filter((flag) => flags & flag).length;
  const first = trun + 8 + (flags & trunFlags.dataOffset ? 4 : 0) + (flags & trunFlags.firstFlags ? 4 : 0);
  for (let index = 0; index < moof.readUInt32BE(trun + 4); index += 1)
    moof.writeUInt32BE(ticks, first + index * stride);
}

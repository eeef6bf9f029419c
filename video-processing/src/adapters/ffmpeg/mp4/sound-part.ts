import { box, fullBox, u16, u32, u64 } from './boxes.ts';

/** What is made of each sound track: AAC-LC in stereo. */
export const soundFormat = {
  samplesPerSecond: 48_000,
  samplesOfFrame: 1024,
  bitsPerSecond: 128_000,
  codecs: 'mp4a.40.2',
};

/** ISO/IEC 14496-3 §1.6.2.1: AAC-LC (2), 48 kHz (index 3), two channels. */
const audioSpecificConfig = Buffer.from([(2 << 3) | (3 >> 1), ((3 & 1) << 7) | (2 << 3)]);
const unity = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

/** The initialization segment of every sound track (ISO/IEC 14496-12, 14496-14, 23000-19). */
export function soundInit(): Buffer {
  const { samplesPerSecond, bitsPerSecond } = soundFormat;
  const entry = box(
    'mp4a',
    ...[Buffer.alloc(6), u16(1), Buffer.alloc(8), u16(2, 16, 0, 0), u32(samplesPerSecond * 65_536)],
    fullBox('esds', 0, 0, elementaryStream(bitsPerSecond)),
  );
  const empty = (type: string) => fullBox(type, 0, 0, u32(0));
  const sampleTable = box(
    'stbl',
    ...[
      fullBox('stsd', 0, 0, u32(1), entry),
      empty('stts'),
      empty('stsc'),
      fullBox('stsz', 0, 0, u32(0, 0)),
      empty('stco'),
    ],
  );
  const information = box(
    'minf',
    ...[fullBox('smhd', 0, 0, u32(0)), box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))), sampleTable],
  );
  const undetermined = 0x55c4;
  const media = box(
    'mdia',
    fullBox('mdhd', 0, 0, u32(0, 0, samplesPerSecond, 0), u16(undetermined, 0)),
    fullBox('hdlr', 0, 0, u32(0), Buffer.from('soun'), u32(0, 0, 0), Buffer.from('sound\0')),
    information,
  );
  // Enabled, in the movie and in its preview; at full volume.
  const trackHeader = fullBox('tkhd', 0, 7, u32(0, 0, 1, 0, 0, 0, 0), u16(0, 1, 0x100, 0), u32(...unity, 0, 0));
  const movieHeader = fullBox(
    'mvhd',
    ...([0, 0, u32(0, 0, 1000, 0, 0x10000), u16(0x100, 0), u32(0, 0, ...unity), Buffer.alloc(24), u32(2)] as const),
  );
  const extends_ = box('mvex', fullBox('trex', 0, 0, u32(1, 1, 0, 0, 0)));
  return Buffer.concat([
    box('ftyp', Buffer.from('iso6'), u32(0), Buffer.from('iso6cmfcmp41')),
    box('moov', movieHeader, box('trak', trackHeader, media), extends_),
  ]);
}

/** ISO/IEC 14496-1 §7.2.6.5: an ES descriptor with a decoder's configuration. */
function elementaryStream(bitsPerSecond: number): Buffer {
  const descriptor = (tag: number, ...content: Uint8Array[]) => {
    const bytes = Buffer.concat(content);
    return Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
  };
  const aac = 0x40;
  const audioStream = (0x05 << 2) | 1;
  const decoder = descriptor(
    0x04,
    Buffer.from([aac, audioStream, 0, 0, 0]),
    u32(bitsPerSecond, bitsPerSecond),
    descriptor(0x05, audioSpecificConfig),
  );
  return descriptor(0x03, u16(1), Buffer.from([0]), decoder, descriptor(0x06, Buffer.from([2])));
}

/** A segment from frames that follow on one another: a movie fragment and its data. */
export function soundSegment(
  frames: Buffer[],
  { sequence, decodeTime }: { sequence: number; decodeTime: number },
): Buffer {
  const data = box('mdat', ...frames);
  const moof = (dataOffset: number) =>
    box(
      'moof',
      fullBox('mfhd', 0, 0, u32(sequence)),
      box(
        'traf',
        // Offsets count from the moof; each sample has this duration and can be decoded by itself.
        fullBox('tfhd', 0, 0x20028, u32(1, soundFormat.samplesOfFrame, 0x02000000)),
        fullBox('tfdt', 1, 0, u64(decodeTime)),
        fullBox('trun', 0, 0x201, u32(frames.length, dataOffset, ...frames.map(({ length }) => length))),
      ),
    );
  const offset = moof(0).length + 8;
  return Buffer.concat([moof(offset), data]);
}

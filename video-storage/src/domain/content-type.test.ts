import { describe, expect, it } from '@jest/globals';
import { sniffContentType, TELLING_BYTES } from './content-type.ts';

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat([
    ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
    Buffer.alloc(TELLING_BYTES),
  ]).subarray(0, TELLING_BYTES);

const ebml = (docType: string) =>
  bytes([0x1a, 0x45, 0xdf, 0xa3, 0x80 + 3 + docType.length, 0x42, 0x82, 0x80 + docType.length], docType);
/** An ASF header whose first object says that there is a stream of video. */
const windowsMedia = () =>
  bytes(
    [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c],
    [70, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2],
    [0x91, 0x07, 0xdc, 0xb7, 0xb7, 0xa9, 0xcf, 0x11, 0x8e, 0xe6, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65],
    [40, 0, 0, 0, 0, 0, 0, 0],
    [0xc0, 0xef, 0x19, 0xbc, 0x4d, 0x5b, 0xcf, 0x11, 0xa8, 0xfd, 0x00, 0x80, 0x5f, 0x5c, 0x44, 0x2b],
  );
const transportStream = () => {
  const stream = Buffer.alloc(TELLING_BYTES);
  for (let at = 0; at < stream.length; at += 188) stream.writeUInt8(0x47, at);
  return stream;
};

describe('the type of a file', () => {
  it.each([
    ['MP4', bytes([0, 0, 0, 24], 'ftypisom', [0, 0, 2, 0], 'isomiso2'), 'video/mp4'],
    ['fragmented MP4', bytes([0, 0, 0, 24], 'ftypiso6', [0, 0, 2, 0], 'isomiso6'), 'video/mp4'],
    ['iTunes video', bytes([0, 0, 0, 24], 'ftypM4V ', [0, 0, 2, 0]), 'video/mp4'],
    ['QuickTime', bytes([0, 0, 0, 20], 'ftypqt  ', [0, 0, 2, 0]), 'video/quicktime'],
    ['old QuickTime', bytes([0, 0, 0, 8], 'wide', [0, 0, 0, 8], 'mdat'), 'video/quicktime'],
    ['WebM', ebml('webm'), 'video/webm'],
    ['Matroska', ebml('matroska'), 'video/x-matroska'],
    ['AVI', bytes('RIFF', [0, 1, 0, 0], 'AVI LIST'), 'video/x-msvideo'],
    ['MPEG-2 transport stream', transportStream(), 'video/mp2t'],
    ['MPEG program stream', bytes([0, 0, 1, 0xba, 0x44]), 'video/mpeg'],
    ['MPEG video', bytes([0, 0, 1, 0xb3]), 'video/mpeg'],
    ['Ogg Theora', bytes('OggS', [0, 2], '\0'.repeat(22), '\x80theora'), 'video/ogg'],
    ['Ogg of several streams', bytes('OggS', [0, 2], '\0'.repeat(22), 'fishead\0'), 'video/ogg'],
    ['Flash', bytes('FLV', [1, 5, 0, 0, 0, 9]), 'video/x-flv'],
    ['3GP', bytes([0, 0, 0, 24], 'ftyp3gp5', [0, 0, 2, 0]), 'video/3gpp'],
    ['Windows Media', windowsMedia(), 'video/x-ms-asf'],
  ])('%s', async (_, file, expected) => {
    expect(await sniffContentType(file)).toBe(expected);
  });

  it.each([
    ['audio in MP4', bytes([0, 0, 0, 24], 'ftypM4A ', [0, 0, 2, 0])],
    ['a still picture in MP4', bytes([0, 0, 0, 24], 'ftypavif', [0, 0, 2, 0])],
    ['Ogg Vorbis', bytes('OggS', [0, 2], '\0'.repeat(22), '\x01vorbis')],
    ['WAVE', bytes('RIFF', [0, 1, 0, 0], 'WAVEfmt ')],
    ['PDF', bytes('%PDF-1.7')],
    ['ZIP', bytes('PK\x03\x04')],
    ['HTML', bytes('<!doctype html><script>')],
    ['zeros', bytes()],
    ['nothing', Buffer.alloc(0)],
    ['the beginning of a beginning', Buffer.from([0, 0])],
  ])('%s is no video', async (_, file) => {
    expect(await sniffContentType(file)).not.toMatch(/^video\//);
  });
});

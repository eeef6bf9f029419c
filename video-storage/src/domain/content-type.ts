import { fileTypeFromBuffer } from 'file-type';

/** So many bytes of the beginning tell every type that can be told. */
export const TELLING_BYTES = 4100;

/** Where file-type's name is newer or finer than what players and browsers know. */
const usualNames: Readonly<Record<string, string>> = {
  'video/matroska': 'video/x-matroska',
  'video/vnd.avi': 'video/x-msvideo',
  'video/MP1S': 'video/mpeg',
  'video/MP2P': 'video/mpeg',
  'video/x-m4v': 'video/mp4',
  'application/vnd.ms-asf': 'video/x-ms-asf',
  // A file of several streams, such as one with an index before its pictures.
  'application/ogg': 'video/ogg',
  'application/mxf': 'video/mxf',
};

/**
 * What the bytes are, as a media type; application/octet-stream when they cannot be told.
 * @param beginning the first TELLING_BYTES, or all there are
 */
export async function sniffContentType(beginning: Buffer): Promise<string> {
  const found = (await fileTypeFromBuffer(beginning))?.mime ?? 'application/octet-stream';
  return usualNames[found] ?? found;
}

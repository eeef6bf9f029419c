import { fileTypeFromBuffer } from 'file-type';

/** How many of the first bytes it takes to tell a type. */
export const sniffedBytes = 4_100;

const unknown = 'application/octet-stream';

/** Names of video that are not under video/, and the ones that browsers know. */
const knownAs: Record<string, string> = {
  'application/ogg': 'video/ogg',
  'video/x-m4v': 'video/mp4',
  'application/mxf': 'video/mxf',
};

/** The media type that the first bytes of an object show, whatever they are said to be. */
export async function contentTypeOf(firstBytes: Buffer): Promise<string> {
  const found = (await fileTypeFromBuffer(firstBytes.subarray(0, sniffedBytes)))?.mime ?? unknown;
  return knownAs[found] ?? found;
}

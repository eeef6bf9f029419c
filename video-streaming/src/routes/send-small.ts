import { Readable } from 'node:stream';
import { sendRepresentation } from '@flixtube/chassis/representation';
import type { Request, Response } from 'express';
import type { SmallFile } from '../domain/stored-files.ts';

/** Answers with what is in memory, by RFC 9110 like everything else. */
export function sendSmall(
  req: Request,
  res: Response,
  { bytes, etag }: SmallFile,
  as: { contentType: string; cacheControl: string },
): Promise<void> {
  return sendRepresentation(req, res, {
    sizeBytes: bytes.length,
    etag,
    ...as,
    read: async ({ start, end }) => Readable.from([bytes.subarray(start, end + 1)]),
  });
}

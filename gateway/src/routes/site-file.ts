import { Readable } from 'node:stream';
import { sendRepresentation } from '@flixtube/chassis/representation';
import type { Request, Response } from 'express';
import type { Encoding, SiteFile } from '../domain/site-files.ts';

/** Answers with a file of a web site, in the encoding that its reader likes best. */
export async function sendSiteFile(req: Request, res: Response, file: SiteFile, cacheControl: string): Promise<void> {
  const encodings = file.encodings as Encoding[];
  const accepted = req.acceptsEncodings(encodings);
  const encoding = encodings.find((one) => one === accepted) ?? 'identity';
  if (encodings.length > 1) res.vary('Accept-Encoding');
  const { bytes, etag } = await file.content(encoding);
  await sendRepresentation(req, res, {
    sizeBytes: bytes.length,
    contentType: file.contentType,
    etag,
    cacheControl,
    headers: encoding === 'identity' ? {} : { 'Content-Encoding': encoding },
    read: async ({ start, end }) => Readable.from([bytes.subarray(start, end + 1)]),
  });
}

import type { ByteClient } from '@flixtube/chassis/byte-client';
import { DomainError } from '@flixtube/chassis/errors';
import type { VideoBytes } from '../domain/video-bytes.ts';
import { objectPath } from './object-path.ts';

/** The bytes as video-storage serves them. Its entity tag is the SHA-256, so If-Match pins the version. */
export function httpVideoBytes(storage: Pick<ByteClient, 'get'>): VideoBytes {
  return {
    read: async (source, { start, end }, signal) => {
      try {
        const { status, headers, body } = await storage.get(objectPath(source.key), {
          range: { start, end },
          ifMatch: `"${source.sha256}"`,
          signal,
        });
        const isWanted = headers['content-range'] === `bytes ${start}-${end}/${source.sizeBytes}`;
        if (status === 206 && isWanted) return body;
        body.destroy();
        throw new Error(
          `asked for bytes ${start}-${end}/${source.sizeBytes}, got ${status} ${headers['content-range']}`,
        );
      } catch (error) {
        if (signal.aborted) throw error;
        if (error instanceof DomainError && ['unavailable', 'timeout', 'bad-neighbour'].includes(error.kind))
          throw error;
        if (error instanceof DomainError && error.kind === 'not-found') {
          throw new DomainError('not-found', 'This video is no longer there. It has been deleted.', { cause: error });
        }
        // The catalogue names a video whose bytes are others: nothing that the viewer did.
        throw new DomainError('bad-neighbour', 'The video could not be read. Please try again later.', {
          cause: error,
        });
      }
    },
  };
}

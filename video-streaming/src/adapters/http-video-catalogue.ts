import { DomainError } from '@flixtube/chassis/errors';
import { parse } from '@flixtube/chassis/http';
import type { JsonClient } from '@flixtube/chassis/json-client';
import { internalVideo } from '@flixtube/contracts/http/internal';
import type { VideoCatalogue } from '../domain/playable-video.ts';

/** The catalogue as metadata answers it. */
export function httpVideoCatalogue(metadata: Pick<JsonClient, 'get'>): VideoCatalogue {
  return {
    find: async (videoId) => {
      try {
        const { data } = await metadata.get(`/internal/videos/${videoId}`);
        return parse(internalVideo, data);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        if (error.kind === 'not-found') return undefined;
        if (error.kind !== 'invalid') throw error;
        // An answer that breaks the contract is the neighbour's fault, not the viewer's.
        throw new DomainError('bad-neighbour', 'The catalogue gave no usable answer. Please try again later.', {
          cause: error,
        });
      }
    },
  };
}

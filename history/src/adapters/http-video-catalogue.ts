import { DomainError } from '@flixtube/chassis/errors';
import type { JsonClient } from '@flixtube/chassis/json-client';
import { internalVideos } from '@flixtube/contracts/http/internal';
import type { VideoCatalogue } from '../domain/watched-videos.ts';

/** The catalogue as metadata answers it. */
export function httpVideoCatalogue(metadata: Pick<JsonClient, 'get'>): VideoCatalogue {
  return {
    findAll: async (videoIds, viewerId) => {
      const { data } = await metadata.get('/internal/videos', { params: { ids: videoIds.join(','), viewerId } });
      const answer = internalVideos.safeParse(data);
      if (answer.success) return answer.data.items;
      throw new DomainError('bad-neighbour', 'The catalogue gave no usable answer. Please try again later.', {
        cause: answer.error,
      });
    },
  };
}

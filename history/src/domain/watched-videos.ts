import type { Video } from '@flixtube/contracts/http/video';

/** Where videos are known: metadata. */
export interface VideoCatalogue {
  /**
   * Those of `videoIds` that are still there for this viewer, in any order; 1 to 100 ids.
   * @throws DomainError 'unavailable', 'timeout' or 'bad-neighbour' when that cannot be found out now
   */
  findAll(videoIds: readonly string[], viewerId: string): Promise<Video[]>;
}

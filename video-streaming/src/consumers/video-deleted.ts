import type { Broker } from '@flixtube/chassis/messaging';
import { videoDeleted } from '@flixtube/contracts/events/video-deleted';
import type { PlayableVideos } from '../domain/playable-videos.ts';

/** video.deleted, in every replica: it is not played any more. */
export function hearVideoDeleted(broker: Broker, videos: Pick<PlayableVideos, 'forget' | 'forgetAll'>): void {
  broker.listen({
    event: videoDeleted,
    handle: ({ data }) => videos.forget(data.videoId),
    onGap: () => videos.forgetAll(),
  });
}

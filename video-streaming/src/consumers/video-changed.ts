import type { Broker } from '@flixtube/chassis/messaging';
import { videoChanged } from '@flixtube/contracts/events/video-changed';
import type { PlayableVideos } from '../domain/playable-videos.ts';

/** video.changed, in every replica: who may watch may be another now. */
export function hearVideoChanged(broker: Broker, videos: Pick<PlayableVideos, 'forget' | 'forgetAll'>): void {
  broker.listen({
    event: videoChanged,
    handle: ({ data }) => videos.forget(data.videoId),
    onGap: () => videos.forgetAll(),
  });
}

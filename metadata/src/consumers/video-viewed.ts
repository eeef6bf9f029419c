import type { Broker } from '@flixtube/chassis/messaging';
import { videoViewed } from '@flixtube/contracts/events/video-viewed';
import type { Catalogue } from '../domain/catalogue.ts';

/**
 * video.viewed: counted once. In batches, since a popular video's views are one update then. A view of a video that was never
 * heard of fails, is tried again a few times, as its video.uploaded may be on its way, and ends as a dead letter.
 */
export function consumeVideoViewed(broker: Broker, catalogue: Pick<Catalogue, 'countViews'>): void {
  broker.subscribeBatch({
    event: videoViewed,
    maxSize: 100,
    maxWaitMs: 100,
    handle: (events) =>
      catalogue.countViews(
        events.map(({ id, time, data }) => ({ eventId: id, videoId: data.videoId, time: new Date(time) })),
      ),
  });
}

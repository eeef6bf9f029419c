import type { Broker } from '@flixtube/chassis/messaging';
import { videoProcessed } from '@flixtube/contracts/events/video-processed';
import type { Catalogue } from '../domain/catalogue.ts';

/** video.processed: the video is ready. */
export function consumeVideoProcessed(broker: Broker, catalogue: Pick<Catalogue, 'report'>): void {
  broker.subscribe({
    event: videoProcessed,
    handle: async ({ data }) => {
      const { videoId, renditions: _, captions: fileCaptions, ...rest } = data;
      await catalogue.report(videoId, { told: 'processed', fileCaptions, ...rest });
    },
  });
}

import type { Broker } from '@flixtube/chassis/messaging';
import { videoProcessingFailed } from '@flixtube/contracts/events/video-processing-failed';
import type { Catalogue } from '../domain/catalogue.ts';

/** video.processing-failed: why, and whether to try again makes sense. */
export function consumeVideoProcessingFailed(broker: Broker, catalogue: Pick<Catalogue, 'report'>): void {
  broker.subscribe({
    event: videoProcessingFailed,
    handle: async ({ data }) => {
      const { videoId, processingId, ...failure } = data;
      await catalogue.report(videoId, { told: 'failed', processingId, failure });
    },
  });
}

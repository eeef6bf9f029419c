import type { Broker } from '@flixtube/chassis/messaging';
import { videoProcessingProgressed } from '@flixtube/contracts/events/video-processing-progressed';
import type { Catalogue } from '../domain/catalogue.ts';

/** video.processing-progressed: how far it is, and what can be played by now. */
export function consumeVideoProcessingProgressed(broker: Broker, catalogue: Pick<Catalogue, 'report'>): void {
  broker.subscribe({
    event: videoProcessingProgressed,
    handle: async ({ data }) => {
      const { videoId, processingId, fraction, playable, manifest } = data;
      await catalogue.report(videoId, {
        told: 'progressed',
        processingId,
        fraction,
        manifest: playable ? manifest : null,
      });
    },
  });
}

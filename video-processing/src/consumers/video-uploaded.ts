import type { Broker } from '@flixtube/chassis/messaging';
import { videoUploaded } from '@flixtube/contracts/events/video-uploaded';
import type { Lifecycle } from '../domain/lifecycle.ts';

/** video.uploaded: it is processed. The event's id names the processing. */
export function consumeVideoUploaded(broker: Broker, lifecycle: Pick<Lifecycle, 'begin'>): void {
  broker.subscribe({
    event: videoUploaded,
    handle: async ({ id: processingId, data: { videoId, source } }) => {
      await lifecycle.begin({ videoId, processingId }, source);
    },
  });
}

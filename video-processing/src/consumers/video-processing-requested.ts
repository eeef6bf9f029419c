import type { Broker } from '@flixtube/chassis/messaging';
import { videoProcessingRequested } from '@flixtube/contracts/events/video-processing-requested';
import type { Lifecycle } from '../domain/lifecycle.ts';
import type { Worker } from '../domain/worker.ts';

/** video.processing-requested: it is processed again, and every worker ends what it does for an older processing. */
export function consumeVideoProcessingRequested(
  broker: Broker,
  lifecycle: Pick<Lifecycle, 'begin'>,
  worker: Pick<Worker, 'endObsolete'>,
): void {
  broker.subscribe({
    event: videoProcessingRequested,
    handle: async ({ id: processingId, data: { videoId, source } }) => {
      await lifecycle.begin({ videoId, processingId }, source);
    },
  });
  broker.listen({
    event: videoProcessingRequested,
    handle: ({ id, data }) => worker.endObsolete(data.videoId, id),
    // An older processing that goes on unnoticed does no harm, and ends with its task.
    onGap: () => {},
  });
}

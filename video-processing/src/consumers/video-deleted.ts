import type { Broker } from '@flixtube/chassis/messaging';
import { videoDeleted } from '@flixtube/contracts/events/video-deleted';
import type { Lifecycle } from '../domain/lifecycle.ts';
import type { Worker } from '../domain/worker.ts';

/** video.deleted: one worker remembers it and removes what was made, and every one ends what it has in hand of it. */
export function consumeVideoDeleted(
  broker: Broker,
  lifecycle: Pick<Lifecycle, 'delete'>,
  worker: Pick<Worker, 'endObsolete' | 'lookAround'>,
): void {
  broker.subscribe({ event: videoDeleted, handle: ({ data }) => lifecycle.delete(data.videoId) });
  broker.listen({
    event: videoDeleted,
    handle: ({ data }) => worker.endObsolete(data.videoId),
    onGap: () => void worker.lookAround(),
  });
}

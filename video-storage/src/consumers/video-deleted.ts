import type { Broker } from '@flixtube/chassis/messaging';
import { videoDeleted } from '@flixtube/contracts/events/video-deleted';
import type { ObjectStore } from '../domain/object-store.ts';

/** video.deleted: everything that is stored of it goes. */
export function consumeVideoDeleted(broker: Broker, store: Pick<ObjectStore, 'removeAll'>): void {
  broker.subscribe({
    event: videoDeleted,
    handle: async ({ data }) => {
      await store.removeAll(`videos/${data.videoId}/`);
    },
  });
}

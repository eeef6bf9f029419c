import type { Broker } from '@flixtube/chassis/messaging';
import { videoDeleted } from '@flixtube/contracts/events/video-deleted';
import type { Objects } from '../domain/objects.ts';

/** video.deleted: all its files go. Done twice it finds nothing. */
export function consumeVideoDeleted(broker: Broker, objects: Pick<Objects, 'removeAll'>): void {
  broker.subscribe({
    event: videoDeleted,
    handle: async ({ data }) => {
      await objects.removeAll(`videos/${data.videoId}/`);
    },
  });
}

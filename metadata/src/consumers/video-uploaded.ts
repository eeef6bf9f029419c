import type { Broker } from '@flixtube/chassis/messaging';
import { videoUploaded } from '@flixtube/contracts/events/video-uploaded';
import type { Catalogue } from '../domain/catalogue.ts';

/** video.uploaded: the video is in the catalogue, unless it is there already or was removed since. */
export function consumeVideoUploaded(broker: Broker, catalogue: Pick<Catalogue, 'announce'>): void {
  broker.subscribe({
    event: videoUploaded,
    handle: async ({ data, time }) => {
      await catalogue.announce({ ...data, createdAt: new Date(time) });
    },
  });
}

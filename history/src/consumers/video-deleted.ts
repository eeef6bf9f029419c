import type { Broker } from '@flixtube/chassis/messaging';
import { videoDeleted } from '@flixtube/contracts/events/video-deleted';
import type { History } from '../domain/history.ts';

/** video.deleted: it leaves everybody's history. */
export function consumeVideoDeleted(broker: Broker, history: Pick<History, 'videoDeleted'>): void {
  broker.subscribe({ event: videoDeleted, handle: ({ data }) => history.videoDeleted(data.videoId) });
}

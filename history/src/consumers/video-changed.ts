import type { Broker } from '@flixtube/chassis/messaging';
import { videoChanged } from '@flixtube/contracts/events/video-changed';
import type { History } from '../domain/history.ts';

/** video.changed: its length, once the catalogue knows it, decides what a view is. */
export function consumeVideoChanged(broker: Broker, history: Pick<History, 'videoChanged'>): void {
  broker.subscribe({
    event: videoChanged,
    handle: ({ data }) => history.videoChanged(data.videoId, data.durationSeconds),
  });
}

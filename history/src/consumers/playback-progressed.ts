import type { Broker } from '@flixtube/chassis/messaging';
import { playbackProgressed } from '@flixtube/contracts/events/playback-progressed';
import type { History } from '../domain/history.ts';

/** playback.progressed, in batches: players tell every few seconds, and of many reports few change anything. */
export function consumePlaybackProgressed(broker: Broker, history: Pick<History, 'note'>): void {
  broker.subscribeBatch({
    event: playbackProgressed,
    maxSize: 200,
    maxWaitMs: 100,
    handle: (events) =>
      history.note(
        events.map(({ data, time }) => ({ ...data, durationSeconds: data.durationSeconds, at: new Date(time) })),
      ),
  });
}

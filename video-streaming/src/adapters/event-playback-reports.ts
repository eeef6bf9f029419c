import { DomainError, isTransient } from '@flixtube/chassis/errors';
import { type Broker, newEvent } from '@flixtube/chassis/messaging';
import { playbackProgressed } from '@flixtube/contracts/events/playback-progressed';
import type { PlaybackReports } from '../domain/playback-reports.ts';

/** Reports as the event playback.progressed, confirmed by the broker. */
export function eventPlaybackReports(broker: Pick<Broker, 'publish'>): PlaybackReports {
  return {
    tell: async (report) => {
      const event = newEvent(playbackProgressed, { source: 'video-streaming', subject: report.videoId, data: report });
      try {
        await broker.publish(event);
      } catch (error) {
        if (!isTransient(error)) throw error;
        throw new DomainError('unavailable', 'Your progress could not be noted just now. Tell it again in a moment.', {
          cause: error,
          retryAfterSeconds: 5,
        });
      }
    },
  };
}

import type { PlaybackProgressed } from '@flixtube/contracts/events/playback-progressed';

/** Where players' progress goes. */
export interface PlaybackReports {
  /**
   * Resolves when the report cannot be lost any more.
   * @throws DomainError 'unavailable' when it could not be taken now; the player tells again
   */
  tell(report: PlaybackProgressed): Promise<void>;
}

import { type RefObject, useEffect } from 'react';
import { reportProgress } from '../api/videos.ts';
import { rememberPosition, rememberUnfinished } from './positions.ts';
import { createProgressReporter } from './progress-reporter.ts';
import { newSessionId } from './session-id.ts';

/** Tells the server how far a video was watched, from what its element does, until the page goes away. */
export function useProgress(element: RefObject<HTMLVideoElement | null>, videoId: string): void {
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    const reporter = createProgressReporter({
      send: (progress) => {
        rememberPosition(videoId, progress.positionSeconds);
        rememberUnfinished(true);
        reportProgress(videoId, progress);
      },
      newSessionId,
      durationSeconds: () => (Number.isFinite(video.duration) ? video.duration : null),
      now: () => performance.now(),
    });

    const leaving = new AbortController();
    const on = (event: string, listener: () => void) =>
      video.addEventListener(event, listener, { signal: leaving.signal });
    let ended = false;
    on('timeupdate', () => {
      if (!video.paused && !video.seeking) reporter.playing(video.currentTime);
    });
    on('playing', () => reporter.playing(video.currentTime));
    on('pause', () => {
      if (!video.seeking) reporter.paused(video.currentTime);
    });
    on('seeking', () => reporter.seeking());
    on('seeked', () => reporter.seeked(video.currentTime));
    on('emptied', () => reporter.reloaded());
    on('ended', () => {
      ended = true;
    });
    on('play', () => {
      if (ended) reporter.restarted();
      ended = false;
    });

    const flush = () => reporter.flush(video.currentTime);
    const flushWhenHidden = () => {
      if (document.visibilityState === 'hidden') flush();
    };
    addEventListener('pagehide', flush, { signal: leaving.signal });
    document.addEventListener('visibilitychange', flushWhenHidden, { signal: leaving.signal });
    return () => {
      flush();
      leaving.abort();
    };
  }, [element, videoId]);
}

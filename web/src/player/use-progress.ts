import { type RefObject, useEffect } from 'react';
import { reportProgress } from '../api/videos.ts';
import { createPlaybackQuality } from './playback-quality.ts';
import { rememberPosition, rememberUnfinished } from './positions.ts';
import { createProgressReporter } from './progress-reporter.ts';
import { newSessionId } from './session-id.ts';

/** Tells the server how far a video was watched, from what its element does, until the page goes away. */
export function useProgress(element: RefObject<HTMLVideoElement | null>, videoId: string): void {
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    let quality = createPlaybackQuality(() => performance.now());
    const reporter = createProgressReporter({
      send: (progress) => {
        if (progress.watchedSeconds > 0) {
          rememberPosition(videoId, progress.positionSeconds);
          rememberUnfinished(true);
        }
        reportProgress(videoId, progress);
      },
      newSessionId,
      durationSeconds: () => (Number.isFinite(video.duration) ? video.duration : null),
      figures: () => quality.figures(),
      now: () => performance.now(),
    });

    const leaving = new AbortController();
    const on = (event: string, listener: () => void) =>
      video.addEventListener(event, listener, { signal: leaving.signal });
    let ended = false;
    on('timeupdate', () => {
      if (!video.paused && !video.seeking) reporter.playing(video.currentTime);
    });
    on('playing', () => {
      quality.playing();
      reporter.playing(video.currentTime);
    });
    on('waiting', () => quality.waiting());
    for (const event of ['error', 'sourcefailed']) {
      on(event, () => {
        quality.failed();
        reporter.failed(video.currentTime);
      });
    }
    on('pause', () => {
      quality.excused();
      if (!video.seeking) reporter.paused(video.currentTime);
    });
    on('seeking', () => {
      quality.excused();
      reporter.seeking();
    });
    on('seeked', () => {
      if (video.readyState > HTMLMediaElement.HAVE_CURRENT_DATA) quality.arrived();
      reporter.seeked(video.currentTime);
    });
    on('emptied', () => {
      quality.excused();
      reporter.reloaded();
    });
    on('ended', () => {
      ended = true;
    });
    on('play', () => {
      if (ended) {
        reporter.restarted();
        quality = createPlaybackQuality(() => performance.now());
      }
      quality.wanted();
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

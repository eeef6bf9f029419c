import { type RefObject, useEffect } from 'react';
import { prefer, preferences } from './preferences.ts';

/** Has a player begin as loud, as fast and with the captions that this viewer had last, and remembers changes. */
export function usePreferences(element: RefObject<HTMLVideoElement | null>): void {
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    const { volume, muted, speed } = preferences();
    video.volume = volume;
    video.muted = muted;
    // What is loaded anew begins at the default.
    video.defaultPlaybackRate = speed;
    video.playbackRate = speed;

    const leaving = new AbortController();
    const { signal } = leaving;
    const on = (target: EventTarget, event: string, listener: () => void) =>
      target.addEventListener(event, listener, { signal });
    on(video, 'volumechange', () => prefer({ volume: video.volume, muted: video.muted }));
    on(video, 'ratechange', () => {
      video.defaultPlaybackRate = video.playbackRate;
      prefer({ speed: video.playbackRate });
    });

    const captions = () => [...video.textTracks].filter(({ kind }) => kind === 'captions' || kind === 'subtitles');
    const show = () => {
      const wanted = preferences().captions;
      const track = captions().find(({ language }) => language === wanted);
      if (track) track.mode = 'showing';
    };
    show();
    on(video.textTracks, 'addtrack', show);
    on(video.textTracks, 'change', () => {
      if (captions().length > 0)
        prefer({ captions: captions().find(({ mode }) => mode === 'showing')?.language ?? null });
    });
    return () => leaving.abort();
  }, [element]);
}

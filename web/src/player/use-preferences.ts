import { type RefObject, useEffect } from 'react';
import { rememberCaptions } from './captions.ts';
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
    const remember = () => {
      video.defaultPlaybackRate = video.playbackRate;
      prefer({ volume: video.volume, muted: video.muted, speed: video.playbackRate });
    };
    // Loading drops the events that wait to be told, so a change just before it is seen only then (HTML, 4.8.11.5).
    for (const event of ['volumechange', 'ratechange', 'loadstart'])
      video.addEventListener(event, remember, { signal });
    rememberCaptions(video, signal);
    return () => leaving.abort();
  }, [element]);
}

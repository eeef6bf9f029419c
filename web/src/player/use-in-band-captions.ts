import { type RefObject, useEffect, useState } from 'react';
import { captionTracks } from './captions.ts';
import type { SourceKind } from './source.ts';

const none: string[] = [];

/**
 * The languages of the captions that came with what an element plays: a browser that plays HLS by itself makes tracks
 * of those that the playlist names. hls.js leaves them alone.
 */
export function useInBandCaptions(element: RefObject<HTMLVideoElement | null>, kind: SourceKind): readonly string[] {
  const [languages, setLanguages] = useState<string[]>(none);
  useEffect(() => {
    const video = element.current;
    if (!video || kind !== 'hls-native') return;
    const leaving = new AbortController();
    const look = () => {
      const beside = new Set([...video.querySelectorAll('track')].map(({ track }) => track));
      setLanguages(
        captionTracks(video)
          .filter((track) => !beside.has(track))
          .map(({ language }) => language),
      );
    };
    look();
    video.textTracks.addEventListener('addtrack', look, { signal: leaving.signal });
    video.textTracks.addEventListener('removetrack', look, { signal: leaving.signal });
    return () => {
      leaving.abort();
      setLanguages(none);
    };
  }, [element, kind]);
  return languages;
}

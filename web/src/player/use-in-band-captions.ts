import { type RefObject, useEffect, useRef, useState } from 'react';
import { useCaptionRevisions } from './caption-revisions.ts';
import { captionTracks } from './captions.ts';
import type { Source } from './use-source.ts';

const none: string[] = [];

/**
 * The languages of the captions that came with what an element plays: a browser that plays HLS by itself makes tracks
 * of those that the playlist names. hls.js leaves them alone. When this page changes captions, the playlist is read again.
 */
export function useInBandCaptions(
  element: RefObject<HTMLVideoElement | null>,
  { kind, place, reload }: Pick<Source, 'kind' | 'place' | 'reload'>,
  videoId: string,
): readonly string[] {
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

  const revisions = useCaptionRevisions(videoId);
  const read = useRef(revisions);
  useEffect(() => {
    const isOld = read.current !== revisions;
    read.current = revisions;
    const video = element.current;
    if (video && isOld && languages.length > 0) reload(place(), !video.paused);
  }, [element, revisions, languages, place, reload]);
  return languages;
}

import { type RefObject, useEffect, useState } from 'react';
import { type Chapter, chapterAt, chaptersIn } from './chapters.ts';

const none: Chapter[] = [];

/** The chapters of what a player plays, once they are read, and which of them it is in (-1: none). */
export function useChapters(
  element: RefObject<HTMLVideoElement | null>,
  url: string | null,
): { chapters: readonly Chapter[]; current: number } {
  const [chapters, setChapters] = useState<Chapter[]>(none);
  const [current, setCurrent] = useState(-1);

  useEffect(() => {
    const video = element.current;
    const track = video?.querySelector<HTMLTrackElement>('track[kind="chapters"]');
    if (!video || !track || url === null) return;
    const leaving = new AbortController();
    const read = () => {
      setChapters(chaptersIn(video));
      // media-chrome looks for chapters again when tracks change, and does not see those that come later.
      video.textTracks.dispatchEvent(new Event('change'));
    };
    track.addEventListener('load', read, { signal: leaving.signal });
    if (track.readyState === HTMLTrackElement.LOADED) read();
    return () => {
      leaving.abort();
      setChapters(none);
    };
  }, [element, url]);

  useEffect(() => {
    const video = element.current;
    if (!video || chapters.length === 0) return;
    const leaving = new AbortController();
    const look = () => setCurrent(chapterAt(chapters, video.currentTime));
    look();
    for (const event of ['timeupdate', 'seeking']) video.addEventListener(event, look, { signal: leaving.signal });
    return () => leaving.abort();
  }, [element, chapters]);

  return { chapters, current };
}

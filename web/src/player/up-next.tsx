import type { Video } from '@flixtube/contracts/http/video';
import { X } from 'lucide-react';
import { type RefObject, useEffect, useEffectEvent, useState } from 'react';
import { Link } from 'react-router';
import { useAnnouncer } from '../ui/announcer.tsx';
import { knownPosition } from './positions.ts';
import './up-next.css';

/** The first of the others that was not watched in this browser of late, else the first. */
export const nextOf = (others: readonly Video[]): Video | null =>
  others.find(({ id }) => !knownPosition(id)) ?? others[0] ?? null;

/** At the end of a video, offers the next one. It does not begin by itself: who is done is let alone. */
export function UpNext({ element, others }: { element: RefObject<HTMLVideoElement | null>; others: readonly Video[] }) {
  const { announce } = useAnnouncer();
  const [next, setNext] = useState<Video | null>(null);
  const offer = useEffectEvent(() => {
    const found = nextOf(others);
    setNext(found);
    if (found) announce(`Up next: ${found.title}`);
  });

  useEffect(() => {
    const video = element.current;
    if (!video) return;
    const leaving = new AbortController();
    video.addEventListener('ended', () => offer(), { signal: leaving.signal });
    for (const event of ['play', 'seeking', 'emptied']) {
      video.addEventListener(event, () => setNext(null), { signal: leaving.signal });
    }
    return () => leaving.abort();
  }, [element]);

  if (!next) return null;
  return (
    <section className="player-next" aria-label="Up next">
      {next.links.poster && <img src={next.links.poster} alt="" />}
      <div className="player-next-text">
        <p>Up next</p>
        <Link to={`/watch/${next.id}`} state={{ play: true }} title={next.title}>
          {next.title}
        </Link>
      </div>
      <button
        type="button"
        aria-label="Close what is up next"
        onClick={() => {
          setNext(null);
          element.current?.closest('media-controller')?.querySelector<HTMLElement>('media-play-button')?.focus();
        }}
      >
        <X aria-hidden />
      </button>
    </section>
  );
}

import type { Video } from '@flixtube/contracts/http/video';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { formatDuration } from '../ui/format.ts';
import { useInView } from '../ui/use-in-view.ts';
import { type Frame, knownFrame, takeFrame } from './frame-source.ts';
import { posterHues } from './poster-colours.ts';
import './thumbnail.css';

interface Props {
  video: Video;
  /** Where the viewer left it, in seconds. */
  positionSeconds?: number | undefined;
}

/**
 * A video's picture: its poster, or a frame of the video itself once the card is near the window, over colours of its
 * own. All of it is decoration: what it says stands in words beside it.
 */
export function Thumbnail({ video, positionSeconds }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const inView = useInView(element, '160px');
  const frame = useFrame(video, inView);
  const [loaded, setLoaded] = useState(false);
  const [failed, setFailed] = useState(false);
  const [first, second] = posterHues(video.id);
  const source = video.links.poster ?? frame?.url;
  const duration = video.durationSeconds ?? frame?.durationSeconds ?? null;

  return (
    <div
      ref={element}
      className="thumbnail"
      aria-hidden="true"
      style={{ '--hue': first, '--hue-2': second } as CSSProperties}
    >
      {source && !failed && (
        <img
          className={loaded ? 'thumbnail-picture thumbnail-picture--there' : 'thumbnail-picture'}
          src={source}
          alt={video.title}
          loading={video.links.poster ? 'lazy' : 'eager'}
          onLoad={() => setLoaded(true)}
          onError={() => setFailed(true)}
        />
      )}
      {duration !== null && <span className="thumbnail-badge">{formatDuration(duration)}</span>}
      {positionSeconds !== undefined && duration && (
        <span
          className="thumbnail-watched"
          style={{ '--watched': watchedShare(positionSeconds, duration) } as CSSProperties}
        />
      )}
    </div>
  );
}

/** How much of it was watched, 0 to 1; so much at least that it can be seen. */
const watchedShare = (position: number, duration: number) => Math.min(1, Math.max(0.02, position / duration));

/** Whether the viewer asked the browser to spare the connection. */
const sparing = () => 'connection' in navigator && Boolean((navigator.connection as { saveData?: boolean }).saveData);

function useFrame(video: Video, wanted: boolean): Frame | undefined {
  const [frame, setFrame] = useState(() => knownFrame(video.id));
  const needed = wanted && !frame && !video.links.poster && !sparing();
  useEffect(() => {
    if (!needed) return;
    const leaving = new AbortController();
    takeFrame(video, leaving.signal).then(setFrame, () => {
      // It stays with its colours.
    });
    return () => leaving.abort();
  }, [needed, video]);
  return frame;
}

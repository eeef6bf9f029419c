import type { Video } from '@flixtube/contracts/http/video';
import { useEffect, useRef } from 'react';
import { useInView } from '../ui/use-in-view.ts';
import { CardSkeleton, VideoCard } from './video-card.tsx';
import './video-grid.css';

interface Props {
  /** What is listed, for who hears it. */
  label: string;
  /** None yet: skeletons stand in for the first page. */
  videos: readonly Video[] | undefined;
  hasMore: boolean;
  loadingMore: boolean;
  /** Why loading more fails again and again, for a person. */
  trouble: string | null;
  onMore: () => void;
  heading?: 'h2' | 'h3';
}

const pageSkeletons = 12;
const moreSkeletons = 6;

/** A grid of videos that loads more before its end is reached, or when the button there is pressed. */
export function VideoGrid({ label, videos, hasMore, loadingMore, trouble, onMore, heading = 'h3' }: Props) {
  const end = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLUListElement>(null);
  const asked = useRef<number | null>(null);
  const nearEnd = useInView(end, '900px');
  const count = videos?.length ?? 0;
  const stuck = trouble !== null;

  // `count`: when a page did not fill the window, its end is still near, and nothing changes but that.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (nearEnd && hasMore && !loadingMore && !stuck) onMore();
  }, [nearEnd, hasMore, loadingMore, stuck, count]);

  // Who asked with the button goes on at the first of the new ones, not behind them all.
  useEffect(() => {
    if (asked.current === null || count <= asked.current) return;
    grid.current?.children[asked.current]?.querySelector('a')?.focus();
    asked.current = null;
  }, [count]);

  const skeletons = videos ? (loadingMore ? moreSkeletons : 0) : pageSkeletons;
  return (
    <>
      <ul ref={grid} className="video-grid" aria-label={label} aria-busy={skeletons > 0}>
        {videos?.map((video) => (
          <li key={video.id}>
            <VideoCard video={video} heading={heading} />
          </li>
        ))}
        {Array.from({ length: skeletons }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
          <li key={`skeleton ${index}`} aria-hidden="true">
            <CardSkeleton />
          </li>
        ))}
      </ul>
      <div ref={end} className="video-grid-end">
        {trouble && <p role="status">{trouble}</p>}
        {hasMore && (
          <button
            type="button"
            className="button"
            aria-disabled={loadingMore}
            onClick={() => {
              asked.current = count;
              if (!loadingMore) onMore();
            }}
          >
            {loadingMore ? 'Loading more…' : 'Load more'}
          </button>
        )}
        {videos && count > pageSkeletons && !hasMore && <p>That is all of it.</p>}
      </div>
    </>
  );
}

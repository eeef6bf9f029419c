import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { continueWatchingQuery, type HistoryItem } from '../../api/history.ts';
import { CardSkeleton, VideoCard } from '../../cards/video-card.tsx';
import { expectsUnfinished, rememberUnfinished } from '../../player/positions.ts';
import { formatDuration } from '../../ui/format.ts';

interface Unfinished {
  /** It is known what to show, or that there is nothing. */
  settled: boolean;
  items: HistoryItem[];
  /** It will be known in a moment, and nothing tells yet whether room has to be kept: better show nothing till then. */
  imminent: boolean;
}

/** How long a moment is, in milliseconds. */
const moment = 400;
/** How many stand in the row. */
const shown = 12;

/** What this viewer began and did not finish. When that cannot be had it is nothing: the page goes on without. */
export function useContinueWatching(): Unfinished {
  const { data, isPending } = useQuery(continueWatchingQuery());
  const count = data?.length;
  useEffect(() => {
    if (count !== undefined) rememberUnfinished(count > 0);
  }, [count]);
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setWaited(true), moment);
    return () => clearTimeout(timer);
  }, []);
  return {
    settled: !isPending,
    items: data?.slice(0, shown) ?? [],
    imminent: isPending && !waited && !expectsUnfinished(),
  };
}

/** A row to go on from. Its room is kept while it loads if there was something in it the last time. */
export function ContinueWatching({ unfinished: { settled, items } }: { unfinished: Unfinished }) {
  if (settled ? items.length === 0 : !expectsUnfinished()) return null;
  return (
    <section className="continue" aria-labelledby="continue-watching">
      <h2 id="continue-watching">Continue watching</h2>
      <ul className="continue-row" aria-busy={!settled}>
        {settled
          ? items.map(({ video, positionSeconds }) => (
              <li key={video.id}>
                <VideoCard
                  video={video}
                  positionSeconds={positionSeconds}
                  meta={left(video.durationSeconds, positionSeconds)}
                />
              </li>
            ))
          : Array.from({ length: 4 }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
              <li key={index} aria-hidden="true">
                <CardSkeleton />
              </li>
            ))}
      </ul>
    </section>
  );
}

const left = (duration: number | null, position: number) =>
  duration === null ? `Left at ${formatDuration(position)}` : `${formatDuration(duration - position)} left`;

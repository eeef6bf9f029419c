import { type UseQueryResult, usePrefetchInfiniteQuery, useQuery } from '@tanstack/react-query';
import { VideoOff } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'react-router';
import { ApiError } from '../../api/api-error.ts';
import { continueWatchingQuery, type HistoryItem } from '../../api/history.ts';
import { sessionQuery } from '../../api/session.ts';
import { watchedVideoQuery } from '../../api/videos.ts';
import { type Answer, knownPosition, leftAt, resumeAt } from '../../player/positions.ts';
import { PageState, TroubleState, troubleOf } from '../../ui/states.tsx';
import { MoreVideos, moreVideosQuery, useMoreVideos } from './more-videos.tsx';
import { VideoView } from './video-view.tsx';
import './watch-page.css';

export function WatchPage() {
  const { id = '' } = useParams();
  const query = useQuery(watchedVideoQuery(id));
  const session = useQuery(sessionQuery());
  const trouble = troubleOf(query);
  usePrefetchInfiniteQuery(moreVideosQuery());

  if (trouble?.error instanceof ApiError && trouble.error.notFound) return <NoSuchVideo />;
  if (trouble) return <TroubleState {...trouble} heading="h1" onRetry={() => void query.refetch()} />;
  // All at once, as far as it comes at once: what the owner can do stands between other things.
  const settled = !session.isPending || session.failureCount > 0;
  return (
    <div className="watch-page">
      {query.data && settled ? <Watch key={id} video={query.data.body} etag={query.data.etag} /> : <WatchSkeleton />}
    </div>
  );
}

function Watch({ video, etag }: Pick<Parameters<typeof VideoView>[0], 'video' | 'etag'>) {
  const startAt = useStart(video.id, video.durationSeconds);
  const others = useMoreVideos(video.id);
  const { state } = useLocation();
  const chosen = Boolean((state as { play?: boolean } | null)?.play);
  if (startAt === null) return <WatchSkeleton />;
  return (
    <>
      <VideoView video={video} etag={etag} startAt={startAt} autoplay={chosen} others={others ?? []} />
      <MoreVideos videos={others} />
    </>
  );
}

/** Where to begin: where this viewer left it, else at the beginning; null until that is known. */
function useStart(videoId: string, durationSeconds: number | null): number | null {
  const unfinished = useQuery({ ...continueWatchingQuery(), refetchOnMount: 'always', refetchOnReconnect: false });
  // Once begun, what the server says of it meanwhile does not matter; and `key` makes another video begin anew.
  const left = leftAt(knownPosition(videoId), answerOf(unfinished, videoId), Date.now());
  return useFirst(left === null ? null : resumeAt(left, durationSeconds));
}

function answerOf({ isFetchedAfterMount, data, isError }: UseQueryResult<HistoryItem[]>, videoId: string): Answer {
  if (!isFetchedAfterMount) return 'pending';
  const item = data?.find(({ video }) => video.id === videoId);
  if (item) return { seconds: item.positionSeconds, at: Date.parse(item.watchedAt) };
  return isError ? 'failed' : null;
}

/** The first value that is not null, for as long as the component lives. */
function useFirst(value: number | null): number | null {
  const [first, setFirst] = useState(value);
  if (first === null && value !== null) setFirst(value);
  return first ?? value;
}

function NoSuchVideo() {
  return (
    <>
      <title>Video not found · FlixTube</title>
      <PageState
        heading="h1"
        icon={<VideoOff />}
        title="This video is not here"
        actions={
          <Link className="button button--primary" to="/">
            See what is on
          </Link>
        }
      >
        <p>
          It may have been deleted or made private, or the link is not complete. Who shared it with you may know more.
        </p>
      </PageState>
    </>
  );
}

function WatchSkeleton() {
  return (
    <div className="watch-main" aria-hidden="true">
      <div className="player player-skeleton" />
      <div className="watch-title-skeleton">
        <span className="skeleton skeleton-line" />
      </div>
    </div>
  );
}

import type { Video } from '@flixtube/contracts/http/video';
import { useInfiniteQuery } from '@tanstack/react-query';
import { videosQuery } from '../../api/videos.ts';
import { CardSkeleton, VideoCard } from '../../cards/video-card.tsx';

const shown = 20;

export const moreVideosQuery = () => videosQuery({ sort: 'trending' });

/**
 * Other videos, to go on with; undefined while they are loaded. When they cannot be had there are none: the page is about
 * another one.
 */
export function useMoreVideos(besides: string): Video[] | undefined {
  const { data, isError } = useInfiniteQuery(moreVideosQuery());
  if (isError) return [];
  return data?.pages[0]?.items.filter(({ id }) => id !== besides).slice(0, shown);
}

export function MoreVideos({ videos }: { videos: readonly Video[] | undefined }) {
  if (videos?.length === 0) return null;
  return (
    <aside className="watch-aside" aria-labelledby="more-videos">
      <h2 id="more-videos">More videos</h2>
      <ul className="watch-list" aria-busy={!videos}>
        {videos?.map((video) => (
          <li key={video.id}>
            <VideoCard shape="row" video={video} />
          </li>
        ))}
        {!videos &&
          Array.from({ length: 8 }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
            <li key={index} aria-hidden="true">
              <CardSkeleton shape="row" />
            </li>
          ))}
      </ul>
    </aside>
  );
}

import type { VideoList } from '@flixtube/contracts/http/video-list';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';

/** What VideoGrid needs of a query for the catalogue. */
export function gridOf(query: UseInfiniteQueryResult<InfiniteData<VideoList>>) {
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, failureCount, failureReason, error } = query;
  const retrying = isFetchingNextPage && failureCount > 1 ? failureReason : null;
  const trouble = isFetchNextPageError ? error : retrying;
  return {
    videos: data?.pages.flatMap((page) => page.items),
    hasMore: hasNextPage,
    loadingMore: isFetchingNextPage,
    trouble: trouble && `More could not be loaded. ${trouble.message}${retrying ? ' Trying again…' : ''}`,
    onMore: () => void query.fetchNextPage({ cancelRefetch: false }),
  };
}

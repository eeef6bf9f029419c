import type { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useInView } from './use-in-view.ts';
import './load-more.css';

type Query = Pick<
  ReturnType<typeof useInfiniteQuery>,
  'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'fetchNextPage' | 'dataUpdatedAt'
>;

/** The end of a list: its next page is fetched when it comes near the window, or by a button. */
export function LoadMore({ query }: { query: Query }) {
  const end = useRef<HTMLDivElement>(null);
  const nearEnd = useInView(end, '600px');
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, dataUpdatedAt } = query;
  // `dataUpdatedAt`: when a page did not fill the window, its end is still near, and nothing changes but that.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (nearEnd && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [nearEnd, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, dataUpdatedAt]);
  return (
    <div ref={end} className="load-more">
      {isFetchNextPageError && <p role="status">More could not be loaded.</p>}
      {hasNextPage && (
        <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading more…' : 'Load more'}
        </button>
      )}
    </div>
  );
}

import type { HistoryItem, HistoryList } from '@flixtube/contracts/http/history';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { request, withQuery } from './http.ts';

export type { HistoryItem };

/** What this viewer watched, latest first, page by page. */
export const historyQuery = () =>
  infiniteQueryOptions({
    queryKey: ['history'],
    queryFn: async ({ signal, pageParam }) =>
      (await request<HistoryList>(withQuery('/api/history', { cursor: pageParam }), { signal })).body,
    initialPageParam: null as string | null,
    getNextPageParam: (page: HistoryList) => page.nextCursor,
  });

/** How long a page waits for what this viewer left unfinished before it does without, in milliseconds. */
const patience = 3000;

/** What this viewer has begun and not finished. An extra: a page waits for it for 3 s at most, and never asks twice. */
export const continueWatchingQuery = () =>
  queryOptions({
    queryKey: ['continue-watching'],
    queryFn: async ({ signal }) => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
      const list = await request<HistoryList>('/api/continue-watching?limit=100', { signal: limited });
      return list.body.items;
    },
    retry: false,
    staleTime: 0,
  });

/** Forgets that this viewer watched a video. */
export async function removeFromHistory(videoId: string): Promise<void> {
  await request(`/api/history/${encodeURIComponent(videoId)}`, { method: 'DELETE' });
}

/** Forgets all that this viewer watched. */
export async function clearHistory(): Promise<void> {
  await request('/api/history', { method: 'DELETE' });
}

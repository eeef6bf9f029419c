import type { Progress } from '@flixtube/contracts/http/progress';
import type { Video, VideoPatch } from '@flixtube/contracts/http/video';
import type { VideoList, VideoSort } from '@flixtube/contracts/http/video-list';
import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';
import { type Answer, request, withQuery } from './http.ts';

export const address = (id: string) => `/api/videos/${encodeURIComponent(id)}`;

/** One video with its entity tag. */
export const videoQuery = (id: string) =>
  queryOptions({
    queryKey: ['video', id],
    queryFn: ({ signal }) => request<Video>(address(id), { signal }),
  });

/** Milliseconds between two looks at a video that is being processed; the last goes on until it is ready. */
const looks = [5000, 5000, 5000, 7000, 10_000, 15_000];

/**
 * One video, looked at again while it is being processed, less and less often; not while the window is hidden. The
 * process may take hours, its page shall not.
 */
export const watchedVideoQuery = (id: string) =>
  queryOptions({
    ...videoQuery(id),
    refetchInterval: ({ state }) =>
      state.data?.body.status === 'processing'
        ? (looks[Math.min(state.dataUpdateCount - 1, looks.length - 1)] ?? 5000)
        : false,
  });

/** The catalogue, page by page: all of it in an order, or what a query finds. */
export const videosQuery = (filter: { sort?: VideoSort; query?: string }) =>
  infiniteQueryOptions({
    queryKey: ['videos', filter],
    queryFn: async ({ signal, pageParam }) => {
      const { sort = null, query = null } = filter;
      return (await request<VideoList>(withQuery('/api/videos', { query, sort, cursor: pageParam }), { signal })).body;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: VideoList) => page.nextCursor,
  });

/** All that this viewer has uploaded, page by page; looked at again while some of it is being processed. */
export const ownVideosQuery = () =>
  infiniteQueryOptions({
    queryKey: ['studio'],
    queryFn: async ({ signal, pageParam }) =>
      (await request<VideoList>(withQuery('/api/studio/videos', { cursor: pageParam }), { signal })).body,
    initialPageParam: null as string | null,
    getNextPageParam: (page: VideoList) => page.nextCursor,
    // A page in five seconds, however many there are; none while the window is hidden.
    refetchInterval: ({ state: { data } }) => (data?.pages.some(isUnderWay) ? 5000 * data.pages.length : false),
  });

const isUnderWay = ({ items }: VideoList): boolean => items.some(({ status }) => status === 'processing');

/** Every list that shows videos is read again, after one of them has changed. */
export function refreshLists(queries: QueryClient): void {
  for (const key of ['videos', 'studio', 'history', 'continue-watching']) {
    void queries.invalidateQueries({ queryKey: [key] });
  }
}

/** Changes a video that is still as `etag` says; a 412 means that it is not. */
export const changeVideo = (id: string, patch: VideoPatch, etag: string | null): Promise<Answer<Video>> =>
  request<Video>(address(id), { method: 'PATCH', body: patch, ...(etag && { ifMatch: etag }) });

/**
 * Has a video say what was written of it. What else was changed of it meanwhile stays: only these two are told, and
 * told again when it is not as it was (412).
 */
export async function saveDetails(id: string, details: Pick<Video, 'title' | 'description'>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { body, etag } = await request<Video>(address(id));
      const changed = body.title !== details.title || body.description !== details.description;
      if (changed) await changeVideo(id, details, etag);
      return;
    } catch (error) {
      // A video that has just arrived may take a moment to be in the catalogue.
      const mayPass = error instanceof ApiError && (error.transient || error.status === 404 || error.status === 412);
      if (!mayPass || tries === 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, 400 * tries));
    }
  }
}

/** Has a video processed again whose processing failed; answers it as it is now. */
export const processAgain = (id: string): Promise<Answer<Video>> =>
  request<Video>(`${address(id)}/processing`, { method: 'POST' });

/** Deletes a video for good. */
export async function deleteVideo(id: string): Promise<void> {
  await request(address(id), { method: 'DELETE' });
}

/**
 * Tells how far this playback session has come. It may be the last thing that the page does, so it outlives the page;
 * and an answer is not waited for, since each report holds all that the ones before it did.
 */
export function reportProgress(id: string, progress: Progress): void {
  fetch(`${address(id)}/progress`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(progress),
    keepalive: true,
  })
    .then((response) => response.arrayBuffer())
    .catch(() => {});
}

import type { Progress } from '@flixtube/contracts/http/progress';
import type { Video, VideoPatch } from '@flixtube/contracts/http/video';
import type { VideoList, VideoSort } from '@flixtube/contracts/http/video-list';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { type Answer, request, withQuery } from './http.ts';

const address = (id: string) => `/api/videos/${encodeURIComponent(id)}`;

/** One video with its entity tag. */
export const videoQuery = (id: string) =>
  queryOptions({
    queryKey: ['video', id],
    queryFn: ({ signal }) => request<Video>(address(id), { signal }),
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

/** Changes a video that is still as `etag` says; a 412 means that it is not. */
export const changeVideo = (id: string, patch: VideoPatch, etag: string | null): Promise<Answer<Video>> =>
  request<Video>(address(id), { method: 'PATCH', body: patch, ...(etag && { ifMatch: etag }) });

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

import type { Session } from '@flixtube/contracts/http/session';
import { queryOptions } from '@tanstack/react-query';
import { request } from './http.ts';

/** Who is calling. It does not change while a page is open. */
export const sessionQuery = () =>
  queryOptions({
    queryKey: ['session'],
    queryFn: async ({ signal }) => (await request<Session>('/api/session', { signal })).body,
    staleTime: Number.POSITIVE_INFINITY,
  });

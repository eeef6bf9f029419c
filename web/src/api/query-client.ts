import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';

/** Milliseconds before try 2, 3, …; the last goes on for ever. */
const delays = [500, 1000, 2000, 4000, 5000];

/**
 * How the app's queries behave. What fails for a passing reason is asked again, for as long as somebody looks at it:
 * such a query stays pending, and its failureReason says why it takes so long. Anything else is an error at once.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The browser's idea of being online says little about FlixTube: ask, and see.
        networkMode: 'always',
        retry: (_failures, error) => error instanceof ApiError && error.transient,
        retryDelay: (failures) => delays[Math.min(failures, delays.length - 1)] ?? 0,
        staleTime: 15_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: true,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

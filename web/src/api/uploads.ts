import { queryOptions } from '@tanstack/react-query';

/** What the server takes. */
export interface UploadLimits {
  /** How large a file may be, in bytes; null when the server does not say. */
  maxBytes: number | null;
}

/** What the server takes, as tus tells it (`OPTIONS`, Tus-Max-Size): so that nobody sends in vain. */
export const uploadLimitsQuery = () =>
  queryOptions({
    queryKey: ['upload-limits'],
    queryFn: async ({ signal }): Promise<UploadLimits> => {
      const response = await fetch('/api/uploads', { method: 'OPTIONS', signal });
      const size = response.headers.get('tus-max-size');
      return { maxBytes: size !== null && /^\d+$/.test(size) ? Number(size) : null };
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: 2,
  });

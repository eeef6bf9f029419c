import { ApiError } from '../api/api-error.ts';

/** Why an upload that goes on by itself does not go on just now, for a person. */
export function breakWords(error: Error): string {
  if (!(error instanceof ApiError) || error.status === 0) return 'The connection broke.';
  // It may be the request of the connection that broke, which the server has not given up yet.
  if (error.status === 423) return 'This file is still being sent, perhaps by another window.';
  if (error.status === 429) return error.message;
  return 'FlixTube could not take it just now.';
}

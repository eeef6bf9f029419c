import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ownVideosQuery, processAgain, videoQuery } from '../api/videos.ts';
import { useAnnouncer } from '../ui/announcer.tsx';

/** Has a video processed again, and says so; answers whether that worked. `error` is a sentence, where it did not. */
export function useProcessAgain(videoId: string) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const queries = useQueryClient();
  const { toast } = useAnnouncer();

  async function again(): Promise<boolean> {
    setBusy(true);
    setError(null);
    try {
      queries.setQueryData(videoQuery(videoId).queryKey, await processAgain(videoId));
      await queries.invalidateQueries({ queryKey: ownVideosQuery().queryKey });
      toast('It is being processed again');
      return true;
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
      // Somebody else may have done it already.
      void queries.invalidateQueries({ queryKey: videoQuery(videoId).queryKey });
      void queries.invalidateQueries({ queryKey: ownVideosQuery().queryKey });
      return false;
    } finally {
      setBusy(false);
    }
  }

  return { again, busy, error };
}

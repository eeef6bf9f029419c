import type { HistoryList } from '@flixtube/contracts/http/history';
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useState } from 'react';
import { clearHistory, type HistoryItem, historyQuery, removeFromHistory } from '../../api/history.ts';
import { forgetPositions } from '../../player/positions.ts';
import { useAnnouncer } from '../../ui/announcer.tsx';

/** Forgets one video or all. The focus goes to the next that can be removed, or to `heading` when there is none. */
export function useForget(heading: RefObject<HTMLElement | null>) {
  const queries = useQueryClient();
  const { toast } = useAnnouncer();
  const [error, setError] = useState<string | null>(null);
  const key = historyQuery().queryKey;

  const refreshOthers = () => queries.invalidateQueries({ queryKey: ['continue-watching'] });

  async function one({ video }: HistoryItem) {
    setError(null);
    const next = neighbourOf(video.id) ?? heading.current;
    await queries.cancelQueries({ queryKey: key });
    const before = queries.getQueryData<InfiniteData<HistoryList>>(key);
    queries.setQueryData<InfiniteData<HistoryList>>(key, (data) => data && without(data, video.id));
    next?.focus();
    try {
      await removeFromHistory(video.id);
      forgetPositions(video.id);
      toast(`“${video.title}” is removed from your history`);
    } catch (problem) {
      // It is back where it was.
      queries.setQueryData(key, before);
      setError(`“${video.title}” could not be removed. ${problem instanceof Error ? problem.message : ''}`);
    }
    refreshOthers();
  }

  async function all() {
    setError(null);
    await clearHistory();
    forgetPositions();
    queries.setQueryData<InfiniteData<HistoryList>>(key, {
      pages: [{ items: [], nextCursor: null }],
      pageParams: [null],
    });
    refreshOthers();
    toast('Your history is empty now');
    // After the dialog, which gives the focus back to a button that is gone.
    requestAnimationFrame(() => heading.current?.focus());
  }

  return { error, one, all };
}

function without(data: InfiniteData<HistoryList>, videoId: string): InfiniteData<HistoryList> {
  const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.video.id !== videoId) }));
  return { ...data, pages };
}

/** The button that takes the place of the one that was pressed. */
function neighbourOf(videoId: string): HTMLElement | null {
  const entries = [...document.querySelectorAll<HTMLElement>('[data-video-id]')];
  const index = entries.findIndex((entry) => entry.dataset.videoId === videoId);
  return (entries[index + 1] ?? entries[index - 1])?.querySelector('button') ?? null;
}

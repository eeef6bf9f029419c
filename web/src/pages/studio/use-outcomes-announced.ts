import type { Video } from '@flixtube/contracts/http/video';
import { useEffect, useRef } from 'react';
import { processingWords } from '../../processing/processing-words.ts';
import { useAnnouncer } from '../../ui/announcer.tsx';

/** Tells who listens with a screen reader when the processing of one of these ends, while the page is open. */
export function useOutcomesAnnounced(videos: readonly Video[] | undefined): void {
  const underWay = useRef<ReadonlySet<string>>(new Set());
  const { announce } = useAnnouncer();
  useEffect(() => {
    if (!videos) return;
    const ended = videos.filter(({ id, status }) => status !== 'processing' && underWay.current.has(id));
    underWay.current = new Set(videos.filter(({ status }) => status === 'processing').map(({ id }) => id));
    if (ended.length > 0) announce(ended.map((video) => `“${video.title}”: ${processingWords(video)}`).join('. '));
  }, [videos, announce]);
}

import { useEffect, useRef } from 'react';
import { useAnnouncer } from '../../ui/announcer.tsx';
import { breakWords } from '../../upload/break-words.ts';
import { isInHand, shareSent, type UploadItem } from '../../upload/upload-item.ts';

/** Says what happens to uploads to who listens: each end and each break, and of the progress only the quarters. */
export function useProgressAnnounced(items: readonly UploadItem[]): void {
  const { announce } = useAnnouncer();
  const steps = useRef(new Map<string, UploadItem['step']['is']>());
  const said = useRef(0);
  useEffect(() => {
    const changed = items.filter(({ id, step }) => steps.current.get(id) !== step.is);
    const before = new Map(steps.current);
    steps.current = new Map(items.map(({ id, step }) => [id, step.is]));
    const news = changed.flatMap((item) => (before.has(item.id) ? (newsOf(item) ?? []) : []));
    const inHand = items.filter(isInHand);
    const quarter = Math.floor(shareSent(inHand) * 4);
    if (inHand.length === 0 || quarter < said.current) said.current = 0;
    if (quarter > said.current && quarter < 4) {
      said.current = quarter;
      news.push(`${quarter * 25} percent uploaded`);
    }
    if (news.length > 0) announce(news.join('. '));
  }, [items, announce]);
}

function newsOf({ title, step }: UploadItem): string | null {
  switch (step.is) {
    case 'retrying':
      return `${breakWords(step.error)} ${title} goes on by itself`;
    case 'failed':
      return `${title} could not be uploaded`;
    case 'paused':
      return `${title} is paused`;
    case 'done':
      return `${title} is uploaded`;
    default:
      return null;
  }
}

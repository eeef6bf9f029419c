import { useSyncExternalStore } from 'react';

/** How often the captions of a video in a language were replaced by this page: their address stays the same. */
export type CaptionRevisions = Readonly<Record<string, number>>;

const none: CaptionRevisions = {};
const revisions = new Map<string, CaptionRevisions>();
const listeners = new Set<() => void>();

/** The captions of a video in a language are others now, so that a player that has them reads them again. */
export function captionsChanged(videoId: string, language: string): void {
  const before = revisions.get(videoId) ?? none;
  revisions.set(videoId, { ...before, [language]: (before[language] ?? 0) + 1 });
  for (const listener of listeners) listener();
}

/** The revisions of a video's captions, by language; a language that is not there was never changed here. */
export function useCaptionRevisions(videoId: string): CaptionRevisions {
  return useSyncExternalStore(subscribe, () => revisions.get(videoId) ?? none);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

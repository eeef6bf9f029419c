/** What the viewer writes of a video. */
export interface Details {
  title: string;
  description: string;
}

/** Where an upload is. */
export type UploadStep =
  /** Chosen, and not begun: its title can be written first. */
  | { is: 'ready' }
  /** Waits for its turn: only a few are sent at once. */
  | { is: 'waiting' }
  | { is: 'sending' }
  /** Everything was sent; the server has yet to say that it has it. */
  | { is: 'finishing' }
  | { is: 'paused' }
  /** The connection was lost: it goes on by itself at `retryAt` (milliseconds, as the queue's clock). */
  | { is: 'retrying'; retryAt: number; error: Error }
  /** It does not go on by itself any more. */
  | { is: 'failed'; error: Error }
  | { is: 'done'; videoId: string };

/** One file on its way. It is never changed, but replaced. */
export interface UploadItem extends Details {
  id: string;
  file: File;
  contentType: string;
  step: UploadStep;
  sentBytes: number;
  bytesPerSecond: number | null;
  secondsLeft: number | null;
  /** A part of it arrived earlier, perhaps before the page was closed. */
  resumes: boolean;
  /** Its title or description was changed after it began. */
  touched: boolean;
  /** Whether the server has the title and the description as they are written here. */
  details: 'unsaved' | 'saving' | 'saved' | Error;
}

/** What happens to an upload. */
export type UploadEvent =
  | { type: 'wanted' }
  | { type: 'begun' }
  | { type: 'progressed'; sentBytes: number; bytesPerSecond: number | null; secondsLeft: number | null }
  | { type: 'paused' }
  | { type: 'broken'; error: Error; retryAt: number | null }
  | { type: 'arrived'; videoId: string };

/** Milliseconds before each try by itself; after the last, somebody has to ask for it. */
const delays = [1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000];

/** How long to wait after `tries` in vain, in milliseconds; null when trying by itself has an end. */
export const retryDelay = (tries: number): number | null => delays[tries] ?? null;

const still = { bytesPerSecond: null, secondsLeft: null };

/** The upload after an event. What cannot happen in its step (a late answer, say) changes nothing. */
export function afterEvent(item: UploadItem, event: UploadEvent): UploadItem {
  const { step } = item;
  if (step.is === 'done') return item;
  switch (event.type) {
    case 'wanted':
      return ['ready', 'paused', 'failed', 'retrying'].includes(step.is) ? { ...item, step: { is: 'waiting' } } : item;
    case 'begun':
      return step.is === 'waiting' ? { ...item, ...still, step: { is: 'sending' } } : item;
    case 'progressed': {
      if (!isSending(item)) return item;
      const { sentBytes, bytesPerSecond, secondsLeft } = event;
      const all = sentBytes >= item.file.size;
      return { ...item, sentBytes, bytesPerSecond, secondsLeft, step: { is: all ? 'finishing' : 'sending' } };
    }
    case 'paused':
      return step.is === 'ready' ? item : { ...item, ...still, step: { is: 'paused' } };
    case 'broken': {
      if (!isSending(item)) return item;
      const { error, retryAt } = event;
      const next: UploadStep = retryAt === null ? { is: 'failed', error } : { is: 'retrying', retryAt, error };
      return { ...item, ...still, step: next };
    }
    case 'arrived':
      return { ...item, ...still, sentBytes: item.file.size, step: { is: 'done', videoId: event.videoId } };
  }
}

/** Bytes of it are on their way. */
export const isSending = ({ step }: UploadItem): boolean => step.is === 'sending' || step.is === 'finishing';

/** It has one of the places on the line: also while it waits for a lost connection, which the others would lose too. */
const hasPlace = (item: UploadItem): boolean => isSending(item) || item.step.is === 'retrying';

/** It goes on, or will by itself: whoever closes the page should know. */
export const isInHand = (item: UploadItem): boolean => hasPlace(item) || item.step.is === 'waiting';

/** Those that may begin now: as many of the waiting as there are places, in their order. */
export function nextToBegin(items: readonly UploadItem[], places: number): UploadItem[] {
  const free = Math.max(0, places - items.filter(hasPlace).length);
  return items.filter(({ step }) => step.is === 'waiting').slice(0, free);
}

/** How much of all that goes on has been sent, 0 to 1. */
export function shareSent(items: readonly UploadItem[]): number {
  const total = items.reduce((sum, { file }) => sum + file.size, 0);
  return total === 0 ? 0 : items.reduce((sum, { sentBytes }) => sum + sentBytes, 0) / total;
}

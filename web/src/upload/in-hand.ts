/** How many uploads go on, and how much of them was sent, 0 to 1. */
export interface InHand {
  count: number;
  share: number;
}

let current: InHand = { count: 0, share: 0 };
const listeners = new Set<() => void>();

/** What every page shows of the uploads; here, and not with them, so that no other page has to load them. */
export const inHand = (): InHand => current;

export function showInHand(next: InHand): void {
  current = next;
  for (const listener of listeners) listener();
}

export function onInHand(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

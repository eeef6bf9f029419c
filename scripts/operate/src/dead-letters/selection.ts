import type { Letter } from './letter.ts';

/** Which letters are meant: those that fit all that is said. */
export interface Selection {
  id?: string | undefined;
  event?: string | undefined;
  queue?: string | undefined;
}

export function selects({ id, event, queue }: Selection, letter: Letter): boolean {
  return (
    (id === undefined || id === letter.id) &&
    (event === undefined || event === letter.event) &&
    (queue === undefined || queue === letter.queue)
  );
}

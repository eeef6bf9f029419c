import { videoId } from '@flixtube/contracts/ids';
import { processingId } from '@flixtube/contracts/processing';
import { z } from 'zod';

/**
 * A piece of work for one worker. `index` numbers the pieces of time and the sound tracks.
 *
 * - `probe`: find out what the file holds, and plan
 * - `piece`: encode a piece of time in all renditions
 * - `audio`: encode a whole sound track
 * - `pictures`: draw poster and storyboard
 * - `texts`: keep the subtitles and chapters that the file has
 * - `finish`: say that all is done, and remove what is of no use any more
 */
const kind = z.enum(['probe', 'piece', 'audio', 'pictures', 'texts', 'finish']);
const task = z.object({
  videoId,
  processingId,
  kind,
  index: z.int().min(0).default(0),
});
export type Task = z.infer<typeof task>;

/** The command that carries a task. It never leaves this service: sender and receiver are its workers. */
export const taskCommand = { type: 'video-processing.tasks', data: task } as const;

/** The same as it is received: of a newer version's worker it may be of a kind that this one does not know. */
export const receivedTask = { type: taskCommand.type, data: task.extend({ kind: z.string() }) } as const;

/** Whether this version knows how to do it. */
export function isKnown(received: z.infer<typeof receivedTask.data>): received is Task {
  return kind.safeParse(received.kind).success;
}

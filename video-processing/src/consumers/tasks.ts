import { type Broker, NotKnownHere } from '@flixtube/chassis/messaging';
import { spanned } from '@flixtube/chassis/trace';
import { videoProcessingFailed } from '@flixtube/contracts/events/video-processing-failed';
import { isKnown, receivedTask } from '../domain/task.ts';
import type { Worker } from '../domain/worker.ts';

/**
 * Tasks, from the queue that all workers share. A message stays unacknowledged while its task is done, so that another
 * worker gets it when this one dies. One of a newer version's kinds is left to a newer worker. When a processing has failed, every worker ends what it has in hand of it.
 */
export function consumeTasks(broker: Broker, worker: Pick<Worker, 'run' | 'endFailed'>, tasksAtATime: number): void {
  broker.subscribe({
    event: receivedTask,
    queue: receivedTask.type,
    prefetch: tasksAtATime,
    handle: ({ data }) => {
      if (!isKnown(data)) throw new NotKnownHere(`This version of the workers knows no task ${data.kind}.`);
      const { kind, index, videoId, processingId } = data;
      const facts = {
        'flixtube.task.index': index,
        'flixtube.video.id': videoId,
        'flixtube.processing.id': processingId,
      };
      return spanned(`task ${kind}`, { facts }, () => worker.run(data));
    },
  });
  broker.listen({
    event: videoProcessingFailed,
    handle: ({ data }) => worker.endFailed(data),
    onGap: () => {},
  });
}

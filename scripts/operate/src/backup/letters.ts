import { once } from 'node:events';
import { assertExchanges, deadLetters } from '@flixtube/chassis/messaging/topology';
import { connect, type MessageProperties } from 'amqplib';
import { goThrough } from '../dead-letters/queue.ts';
import { type FileFacts, NewFile, pathOf, readLines } from './folder.ts';

interface KeptLetter {
  properties: MessageProperties;
  /** Base64. */
  content: string;
}

/** Dead letters are in no outbox any more, and nowhere else: these of all messages are kept. They stay where they are. */
export async function dumpLetters(
  url: string,
  o: { folder: string; id: string },
): Promise<FileFacts & { letters: number }> {
  const name = 'dead-letters.ndjson';
  const file = new NewFile(pathOf(o.folder, o.id, name), name);
  let written = Promise.resolve();
  const { seen } = await goThrough(url, ({ properties, content }) => {
    const kept: KeptLetter = { properties, content: content.toString('base64') };
    const line = `${JSON.stringify(kept)}\n`;
    written = written.then(() => file.write(line));
    // It is waited for below; a disk that is full before that is no failure that nobody hears of.
    written.catch(() => {});
    return 'leave';
  });
  await written;
  return { ...(await file.end()), letters: seen };
}

/** Puts them among the dead letters, each confirmed. Twice, when it is done twice: consumers tell repeats. */
export async function loadLetters(url: string, path: string): Promise<number> {
  const connection = await connect(url, { timeout: 10_000 });
  try {
    const channel = await connection.createConfirmChannel();
    await assertExchanges(channel);
    let count = 0;
    for await (const { properties, content } of readLines<KeptLetter>(path)) {
      const { headers = {}, ...rest } = properties;
      const { 'x-delivery-count': _, ...kept } = headers;
      const more = channel.publish('', deadLetters, Buffer.from(content, 'base64'), {
        ...rest,
        headers: kept,
        persistent: true,
      });
      count += 1;
      if (!more) await once(channel, 'drain');
    }
    await channel.waitForConfirms();
    return count;
  } finally {
    await connection.close();
  }
}

/** Queues whose consumers are there, of those that every service has: its messages would be handled at once. */
export async function consumedQueues(url: string): Promise<string[]> {
  const connection = await connect(url, { timeout: 10_000 });
  try {
    const found = [];
    for (const queue of ['metadata.video.uploaded', 'history.video.deleted', 'video-processing.video.uploaded']) {
      const channel = await connection.createChannel();
      // A queue that is not there closes the channel.
      channel.on('error', () => {});
      const consumers = await channel.checkQueue(queue).then(
        ({ consumerCount }) => consumerCount,
        () => 0,
      );
      if (consumers > 0) found.push(queue);
    }
    return found;
  } finally {
    await connection.close();
  }
}

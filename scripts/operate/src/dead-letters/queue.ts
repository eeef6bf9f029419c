import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost } from '@flixtube/chassis/messaging/backoff';
import { deadLetters } from '@flixtube/chassis/messaging/topology';
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect } from 'amqplib';
import { type Letter, readLetter, revivedHeaders } from './letter.ts';

/** What is to become of a letter. */
export type Verdict = 'leave' | 'put-back' | 'drop';

export interface Outcome {
  seen: number;
  putBack: number;
  dropped: number;
  /** Letters that were to be put back and are still here, by why. */
  refused: Map<string, number>;
}

/** So many letters are in memory at once. Those that are left stay unacknowledged, which only the broker remembers. */
const window = 500;
/**
 * Each look at a letter that is left counts as a delivery, and RabbitMQ 4 gives up a message of a quorum queue at its
 * twentieth: well before, it is put into its queue as a new one (docs/decisions/0008-messages-are-put-back-in-time.md).
 */
const looksBeforeRenewal = 5;
/** When no more come for so long, either somebody has purged the queue, or RabbitMQ stands still. */
const patienceMs = 15_000;

/**
 * Goes once through all dead letters that there are now, oldest first, and does with each what `decide` says. Whatever
 * is put back is published to the queue that it came from and to no other, confirmed, and only then acknowledged: killed
 * at any moment it leaves a letter twice at worst, which consumers tell by its id.
 *
 * @param onDone told of each letter that was put back or dropped, once that is certain
 * @throws when somebody else does; the broker's errors
 */
export async function goThrough(
  url: string,
  decide: (letter: Letter) => Verdict,
  onDone: (letter: Letter) => void = () => {},
): Promise<Outcome> {
  const connection = await connect(url, {
    timeout: 10_000,
    clientProperties: { connection_name: 'operator of dead letters' },
  });
  // Its channels tell, by their rejections.
  connection.on('error', () => {});
  try {
    await lock(connection);
    const round = new Round(await connection.createConfirmChannel(), decide, onDone);
    const outcome = await round.run();
    await untilThereAre(round.left, connection);
    return outcome;
  } finally {
    await atMost(5_000, connection.close());
    // A broker that takes nothing does not hear the farewell either, and the open socket would keep the process from ending.
    socketOf(connection).destroy();
  }
}

function socketOf(connection: ChannelModel): Socket {
  return (connection.connection as unknown as { stream: Socket }).stream;
}

/** A quorum queue takes seconds to have 100,000 letters back: who looks before that would find it empty. */
async function untilThereAre(count: number, connection: ChannelModel): Promise<void> {
  const channel = await connection.createChannel();
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(100)) {
    const { messageCount } = await channel.checkQueue(deadLetters);
    if (messageCount >= count) return;
  }
}

/** A queue that only one connection can have, and that goes with it however that ends. */
async function lock(connection: ChannelModel): Promise<void> {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    await channel.assertQueue(`${deadLetters}.operator`, { exclusive: true, durable: false });
  } catch (cause) {
    // AMQP 0-9-1 §1.2, 405 resource-locked.
    if ((cause as { code?: number }).code !== 405) throw cause;
    throw new Error('Somebody else goes through the dead letters right now. Try again when they are done.', {
      cause,
    });
  }
}

class Round {
  readonly #channel: ConfirmChannel;
  readonly #decide: (letter: Letter) => Verdict;
  readonly #onDone: (letter: Letter) => void;
  readonly #outcome: Outcome = { seen: 0, putBack: 0, dropped: 0, refused: new Map() };
  readonly #returned = new Set<number>();
  #total = 0;
  #left = 0;
  #room = 0;
  #published = 0;
  #settled = 0;
  #end: (error?: Error) => void = () => {};

  constructor(channel: ConfirmChannel, decide: (letter: Letter) => Verdict, onDone: (letter: Letter) => void) {
    this.#channel = channel;
    this.#decide = decide;
    this.#onDone = onDone;
  }

  /** How many were left as they are, and go back to the queue when the channel is closed. */
  get left(): number {
    return this.#left;
  }

  async run(): Promise<Outcome> {
    const channel = this.#channel;
    // With the same arguments as services declare it.
    const { messageCount } = await channel.assertQueue(deadLetters, {
      durable: true,
      arguments: { 'x-queue-type': 'quorum' },
    });
    this.#total = messageCount;
    if (messageCount === 0) return this.#outcome;
    const ended = new Promise<void>((resolve, reject) => {
      this.#end = (error) => (error ? reject(error) : resolve());
    });
    channel.on('error', (error) => this.#end(error));
    channel.on('close', () => this.#end(new Error('The connection to RabbitMQ was lost.')));
    channel.on('return', ({ properties }) => this.#returned.add(Number(properties.headers?.[numberHeader])));
    await channel.prefetch(window);
    let progress = -1;
    const watch = setInterval(() => {
      if (progress === this.#settled) void this.#requirePurged().then(() => this.#end(), this.#end);
      progress = this.#settled;
    }, patienceMs);
    try {
      await this.#makeRoom();
      await ended;
    } finally {
      clearInterval(watch);
    }
    // What was acknowledged before is so for the broker once it has closed the channel.
    channel.removeAllListeners('close');
    await channel.close();
    return this.#outcome;
  }

  /** A broker that is out of memory or disk confirms nothing and may hand out nothing: what is not done must not pass for done. */
  async #requirePurged(): Promise<void> {
    if (this.#outcome.seen > this.#settled)
      throw new Error(
        'RabbitMQ takes no messages at the moment (memory or disk?). Nothing is lost; run it again later.',
      );
    const { messageCount } = await this.#channel.checkQueue(deadLetters);
    if (messageCount > 0)
      throw new Error(
        `RabbitMQ hands out no more of the dead letters, though ${messageCount} are there. Run it again.`,
      );
  }

  /** A consumer holds `window` letters at most, and those that are left fill it: then there has to be another. */
  async #makeRoom(): Promise<void> {
    while (this.#room < this.#left + window) {
      this.#room += window;
      await this.#channel.consume(deadLetters, (message) => {
        if (message) void this.#take(message).catch((error) => this.#end(error));
        else this.#end(new Error('The queue of dead letters was deleted.'));
      });
    }
  }

  async #take(message: ConsumeMessage): Promise<void> {
    // Beyond those of the beginning there are only letters that have come since, or that were renewed.
    if (this.#outcome.seen === this.#total) return;
    this.#outcome.seen += 1;
    const letter = readLetter(message);
    const verdict = this.#decide(letter);
    if (verdict === 'drop') {
      this.#channel.ack(message);
      this.#outcome.dropped += 1;
      this.#onDone(letter);
    } else if (verdict === 'put-back') {
      await this.#putBack(message, letter);
    } else {
      await this.#leave(message);
    }
    this.#settled += 1;
    if (this.#settled === this.#total) this.#end();
  }

  async #putBack(message: ConsumeMessage, letter: Letter): Promise<void> {
    const { queue } = letter;
    const refused =
      queue === undefined
        ? 'where it came from is not known'
        : (await this.#publish(queue, message, revivedHeaders(letter.headers)))
          ? undefined
          : `there is no queue ${queue}`;
    if (refused !== undefined) {
      this.#outcome.refused.set(refused, (this.#outcome.refused.get(refused) ?? 0) + 1);
      return this.#leave(message);
    }
    this.#channel.ack(message);
    this.#outcome.putBack += 1;
    this.#onDone(letter);
  }

  async #leave(message: ConsumeMessage): Promise<void> {
    const { 'x-delivery-count': looks, 'x-acquired-count': _, ...headers } = message.properties.headers ?? {};
    if (Number(looks) >= looksBeforeRenewal && (await this.#publish(deadLetters, message, headers))) {
      this.#channel.ack(message);
      return;
    }
    this.#left += 1;
    await this.#makeRoom();
  }

  /** To one queue, by the default exchange; whether it is there. Resolves when the broker has it, rejects otherwise. */
  #publish(queue: string, { content, properties }: ConsumeMessage, headers: Record<string, unknown>): Promise<boolean> {
    this.#published += 1;
    const number = this.#published;
    return new Promise((resolve, reject) => {
      const options = {
        ...properties,
        headers: { ...headers, [numberHeader]: number },
        persistent: true,
        mandatory: true,
      };
      this.#channel.publish('', queue, content, options, (error) => {
        // RabbitMQ sends basic.return before the basic.ack of the same message.
        if (error) reject(error);
        else resolve(!this.#returned.delete(number));
      });
    });
  }
}

/** The one of the services' publishers, which they set anew. */
const numberHeader = 'x-attempt';

import type { Channel } from 'amqplib';

/** Every event passes through this topic exchange; the routing key is the event's type. */
export const eventsExchange = 'flixtube.events';
/** The exchange, and the queue behind it, of messages that nobody could handle. */
export const deadLetters = 'flixtube.dead-letters';

/** Asserts what publishers need. Idempotent; run on each new channel, since a broker may come back empty. */
export async function assertExchanges(channel: Channel): Promise<void> {
  await channel.assertExchange(eventsExchange, 'topic', { durable: true });
  await channel.assertExchange(deadLetters, 'fanout', { durable: true });
  await channel.assertQueue(deadLetters, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(deadLetters, deadLetters, '');
}

/** Asserts a service's own queue of one event, bound. */
export async function assertEventQueue(
  channel: Channel,
  o: { queue: string; type: string; deliveryLimit: number },
): Promise<void> {
  await channel.assertQueue(o.queue, {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': o.deliveryLimit,
      'x-dead-letter-exchange': deadLetters,
      // The broker's own dead-lettering is at most once unless asked; at least once needs this overflow behaviour.
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  });
  await channel.bindQueue(o.queue, eventsExchange, o.type);
}

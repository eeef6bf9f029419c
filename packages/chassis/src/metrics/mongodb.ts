import type { MongoClient } from 'mongodb';
import type { Registry } from 'prom-client';
import { histogramIn, watch } from './families.ts';

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 20];

/** Shows how many of the client's connections are in use and how long its commands take; it must monitor commands. */
export function measureMongo(registry: Registry, client: MongoClient): void {
  measurePool(registry, client);
  const durations = histogramIn(registry, {
    name: 'mongodb_command_duration_seconds',
    help: 'How long commands to the database took',
    labelNames: ['command', 'outcome'],
    buckets,
  });
  // The driver gives milliseconds.
  client.on('commandSucceeded', ({ commandName: command, duration }) => {
    durations.observe({ command, outcome: 'ok' }, duration / 1000);
  });
  client.on('commandFailed', ({ commandName: command, duration }) => {
    durations.observe({ command, outcome: 'failed' }, duration / 1000);
  });
}

/** Counted from the events of Connection Monitoring and Pooling, which the driver has no figures of its own for. */
function measurePool(registry: Registry, client: MongoClient): void {
  const open = new Set<string>();
  const inUse = new Set<string>();
  let waiting = 0;
  // Numbered anew by each server's pool.
  const nameOf = ({ address, connectionId }: { address: string; connectionId: unknown }) =>
    `${address} ${String(connectionId)}`;
  client.on('connectionCreated', (event) => open.add(nameOf(event)));
  client.on('connectionClosed', (event) => {
    open.delete(nameOf(event));
    inUse.delete(nameOf(event));
  });
  client.on('connectionCheckOutStarted', () => {
    waiting += 1;
  });
  client.on('connectionCheckOutFailed', () => {
    waiting -= 1;
  });
  client.on('connectionCheckedOut', (event) => {
    waiting -= 1;
    inUse.add(nameOf(event));
  });
  client.on('connectionCheckedIn', (event) => inUse.delete(nameOf(event)));
  watch(
    registry,
    { name: 'mongodb_pool_connections', help: 'Connections to the database', labelNames: ['state'] },
    () => [
      { labels: { state: 'in-use' }, value: inUse.size },
      { labels: { state: 'idle' }, value: open.size - inUse.size },
    ],
  );
  watch(registry, { name: 'mongodb_pool_waiting', help: 'Commands that wait for a connection to the database' }, () => [
    { value: waiting },
  ]);
}

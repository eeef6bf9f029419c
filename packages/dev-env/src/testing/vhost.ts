import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import { setting, uniqueName } from './settings.ts';

/** The name that a connection of the tests' own carries, so that cutting the services' connections leaves it alone. */
export const testConnection = { clientProperties: { connection_name: 'test' } };

export interface TestVhost {
  /** For RABBITMQ_URL. */
  url: string;
  name: string;
  /**
   * Has the broker end every connection of this virtual host but the tests' own, and answers how many there were.
   * Waits up to 10 s for there to be one, since the broker lists a new connection only after a moment.
   */
  cutConnections(): Promise<number>;
  /** Messages that wait in a queue, without those that a consumer holds unacknowledged; 0 when there is no such queue. */
  queueDepth(queue: string): Promise<number>;
  /** Empties a queue of what waits in it, as when the broker has lost its data. */
  purge(queue: string): Promise<void>;
  /** Deletes it with all that is in it. */
  close(): Promise<void>;
}

/** A fresh virtual host of the broker in RABBITMQ_URL and RABBITMQ_MANAGEMENT_URL. */
export async function testVhost(): Promise<TestVhost> {
  const broker = new URL(setting('RABBITMQ_URL', 'rabbitmq'));
  const management = new URL(setting('RABBITMQ_MANAGEMENT_URL', 'rabbitmq'));
  const name = uniqueName();
  const url = new URL(broker);
  url.pathname = `/${name}`;

  const api = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const { username, password, origin } = management;
    const response = await fetch(`${origin}/api/${path}`, {
      method,
      headers: {
        authorization: `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`,
        'content-type': 'application/json',
      },
      signal: AbortSignal.timeout(20_000),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok && response.status !== 404) {
      throw new Error(`RabbitMQ's management API: ${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return response;
  };
  const connections = async (): Promise<string[]> => {
    const response = await api('GET', `vhosts/${name}/connections`);
    if (response.status === 404) return [];
    const all = (await response.json()) as { name: string; client_properties?: { connection_name?: string } }[];
    const own = testConnection.clientProperties.connection_name;
    return all.filter((one) => one.client_properties?.connection_name !== own).map((one) => one.name);
  };

  await api('PUT', `vhosts/${name}`, {});
  const user = decodeURIComponent(management.username);
  await api('PUT', `permissions/${name}/${encodeURIComponent(user)}`, { configure: '.*', write: '.*', read: '.*' });

  return {
    url: url.href,
    name,
    cutConnections: async () => {
      const deadline = Date.now() + 10_000;
      let open = await connections();
      while (open.length === 0 && Date.now() < deadline) {
        await sleep(200);
        open = await connections();
      }
      await Promise.all(open.map((connection) => api('DELETE', `connections/${encodeURIComponent(connection)}`)));
      return open.length;
    },
    queueDepth: async (queue) => {
      const connection = await connect(url.href, testConnection);
      connection.on('error', () => undefined);
      try {
        const channel = await connection.createChannel();
        // A queue that is not there closes the channel, which tells it by this event as well as by the rejection.
        channel.on('error', () => undefined);
        return await channel.checkQueue(queue).then(
          ({ messageCount }) => messageCount,
          () => 0,
        );
      } finally {
        await connection.close();
      }
    },
    purge: async (queue) => {
      await api('DELETE', `queues/${name}/${encodeURIComponent(queue)}/contents`);
    },
    close: async () => {
      await api('DELETE', `vhosts/${name}`);
    },
  };
}

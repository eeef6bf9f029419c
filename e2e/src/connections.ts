import { readFile } from 'node:fs/promises';

/** States of proc_net_tcp(5) in which nothing more is under way: TIME_WAIT, CLOSE, LISTEN. */
const over = new Set(['06', '07', '0A']);

/** How many connections to a local TCP port hold bytes that were sent and that nobody has taken yet. */
export async function unreadConnections(port: number): Promise<number> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const unread = new Set<string>();
  for (const line of tables.join('\n').split('\n')) {
    const [, local = '', remote = '', state = '', queues = ''] = line.trim().split(/\s+/);
    if (!/^[\dA-F]+:[\dA-F]{4}$/.test(local) || over.has(state)) continue;
    const [toSend, toRead] = queues.split(':');
    // Sent by the one who listens on the port: in its own queue until the other's has room.
    if (portOf(local) === port && Number.parseInt(toSend ?? '', 16) > 0) unread.add(remote);
    if (portOf(remote) === port && Number.parseInt(toRead ?? '', 16) > 0) unread.add(local);
  }
  return unread.size;
}

const portOf = (address: string): number => Number.parseInt(address.split(':')[1] ?? '', 16);

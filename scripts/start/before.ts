import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { portIsFree } from '@flixtube/dev-env/ports';
import type { Say } from '@flixtube/dev-env/programs';
import type { SystemPorts } from '@flixtube/dev-env/services';
import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { endAll, isAlive, ownerOf } from './processes.ts';
import { readRecord, removeRecord } from './run-record.ts';

/**
 * Makes sure that nothing of this clone runs: ends what a start that was killed has left.
 * @throws SetupFailure when FlixTube runs already
 */
export async function claim(say: Say): Promise<void> {
  const record = readRecord();
  if (!record) return;
  if (await isAlive(record.starter)) {
    throw new SetupFailure(
      `FlixTube runs already, at http://127.0.0.1:${record.ports.gateway} (process ${record.starter.pid}).\n` +
        `Stop it first: Ctrl-C where it was started, or kill ${record.starter.pid}.`,
    );
  }
  const ended = await endAll(Object.values(record.processes));
  if (ended > 0) say(`Ended ${ended} process${ended === 1 ? '' : 'es'} that a start which was killed has left`);
  removeRecord();
}

const givenBy: Partial<Record<keyof SystemPorts, string>> = {
  rabbitmq: 'RABBITMQ_URL',
  rabbitmqManagement: 'RABBITMQ_URL',
  mongodb: 'MONGODB_URL',
  azurite: 'AZURE_STORAGE_CONNECTION_STRING',
};

/** @throws SetupFailure that names every taken port, by whom it is taken where that can be known, and what to do. */
export async function requireFreePorts(ports: SystemPorts): Promise<void> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports) as [keyof SystemPorts, number][]) {
    const variable = givenBy[name];
    if ((variable && process.env[variable]) || (await portIsFree(port))) continue;
    taken.push(`Port ${port}, for ${name}, is taken by ${(await ownerOf(port)) ?? 'another program'}.`);
  }
  if (taken.length === 0) return;
  const other = ports.gateway + 1_000 > 65_000 ? 4_000 : ports.gateway + 1_000;
  throw new SetupFailure(
    `${taken.join('\n')}\nStop that program, or let FlixTube use other ports: npm start -- --port ${other}`,
  );
}

/** The secrets of this clone, made at the first start and readable by their owner only. */
export async function keptSecrets(folder: string): Promise<{ IDENTITY_SECRET: string; COOKIE_SECRET: string }> {
  const file = join(folder, 'secrets.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text) return JSON.parse(text);
  const secret = () => randomBytes(32).toString('base64url');
  const secrets = { IDENTITY_SECRET: secret(), COOKIE_SECRET: secret() };
  await writeFile(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

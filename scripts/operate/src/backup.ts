/** `npm run backup -- FOLDER`: databases, blobs and dead letters of a system, while it runs. docs/operating.md. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import { MongoClient } from 'mongodb';
import { type BlobTally, dumpBlobs } from './backup/blobs.ts';
import { dumpDatabases } from './backup/databases.ts';
import { beginBackup, listBackups, writeManifest } from './backup/folder.ts';
import { dumpLetters } from './backup/letters.ts';
import { command, say, UsageError } from './command.ts';
import { backend, containerName } from './settings.ts';

const usage = `npm run backup -- FOLDER          makes a backup; contents that are there already are not copied again
npm run backup -- FOLDER --list   shows those that are whole`;

/** A blob store's clock may differ from ours by as much. */
const clocksDifferMs = 3_600_000;

await command(usage, async () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { list: { type: 'boolean', default: false } },
  });
  const [folder, ...rest] = positionals;
  if (folder === undefined || rest.length > 0) throw new UsageError('Where are backups to be kept?');
  if (values.list) for (const id of await listBackups(folder)) say(id);
  else await backUp(resolve(folder));
});

/**
 * Blobs, which are the most, then what speaks of them, then the blobs that have come since: so all that a database names
 * is there. docs/decisions/0022-what-a-restore-brings-back.md has the rest.
 */
async function backUp(folder: string): Promise<void> {
  const rabbitmq = backend('RABBITMQ_URL', process.env).reveal();
  const client = new MongoClient(backend('MONGODB_URL', process.env).reveal(), { serverSelectionTimeoutMS: 10_000 });
  const container = BlobServiceClient.fromConnectionString(
    backend('AZURE_STORAGE_CONNECTION_STRING', process.env).reveal(),
  ).getContainerClient(containerName(process.env));
  try {
    await client.connect();
    const started = new Date();
    const id = await beginBackup(folder, started);
    const later = { since: new Date(started.getTime() - clocksDifferMs), seen: new Set<string>() };
    const first = await dumpBlobs(container, { folder, id, list: 'blobs-1.ndjson', later });
    say(`Blobs: ${tallyOf(first.tally)}`);
    const collections = await dumpDatabases(client, folder, id);
    say(`Documents: ${collections.reduce((sum, { documents }) => sum + documents, 0)}`);
    const deadLetters = await dumpLetters(rabbitmq, { folder, id });
    say(`Dead letters: ${deadLetters.letters}`);
    const second = await dumpBlobs(container, { folder, id, list: 'blobs-2.ndjson', later: { ...later, only: true } });
    say(`Blobs that have come since: ${tallyOf(second.tally)}`);
    await writeManifest(folder, {
      version: 1,
      id,
      startedAt: started.toISOString(),
      finishedAt: new Date().toISOString(),
      collections,
      blobLists: [first.file, second.file],
      blobs: first.tally.blobs + second.tally.blobs,
      blobBytes: first.tally.bytes + second.tally.bytes,
      deadLetters,
    });
    say(`Backup ${id} is whole, in ${folder}.`);
  } finally {
    await client.close();
  }
}

function tallyOf({ blobs, bytes, copiedBytes }: BlobTally): string {
  return `${blobs}, ${bytes} bytes, of which ${copiedBytes} were copied`;
}

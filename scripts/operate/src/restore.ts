/** `npm run restore -- FOLDER`: a backup into an empty system, or `--check`: whether it is whole. docs/operating.md. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { MongoClient } from 'mongodb';
import { type BlobFacts, loadBlobs } from './backup/blobs.ts';
import { countDocuments, loadCollection } from './backup/databases.ts';
import {
  BackupDamaged,
  listBackups,
  objectPath,
  pathOf,
  readLines,
  readManifest,
  requireWhole,
} from './backup/folder.ts';
import { consumedQueues, loadLetters } from './backup/letters.ts';
import { command, failed, say, UsageError } from './command.ts';
import { backend, containerName } from './settings.ts';

const usage = `npm run restore -- FOLDER [--backup ID]           into an empty system whose services are stopped
npm run restore -- FOLDER [--backup ID] --check   reads all of the backup and compares every hash, restores nothing
npm run restore -- FOLDER --leave-out-damaged   all but blobs whose bytes here are damaged; reconcile says what lacks them
The last backup, unless another one is named (npm run backup -- FOLDER --list).`;

await command(usage, async () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      backup: { type: 'string' },
      check: { type: 'boolean', default: false },
      'leave-out-damaged': { type: 'boolean', default: false },
    },
  });
  const [given, ...rest] = positionals;
  if (given === undefined || rest.length > 0) throw new UsageError('From which folder?');
  const folder = resolve(given);
  const id = values.backup ?? (await listBackups(folder)).at(-1);
  if (id === undefined) throw new UsageError(`There is no backup in ${folder}.`);
  if (values.check) await check(folder, id);
  else await restore(folder, id, values['leave-out-damaged']);
});

/** Every byte that a restore would read; says of each blob that is damaged which it is. @throws BackupDamaged */
async function check(folder: string, id: string): Promise<void> {
  await checkFiles(folder, id);
  let blobs = 0;
  let damaged = 0;
  for await (const { key, sha256, sizeBytes } of blobsOf(folder, id)) {
    blobs += 1;
    await requireWhole(objectPath(folder, sha256), { sha256, bytes: sizeBytes }).catch((error: BackupDamaged) => {
      damaged += 1;
      failed(`${key}: ${error.message}`);
    });
  }
  if (damaged > 0) return failed(`Backup ${id}: ${damaged} of ${blobs} blobs are damaged.`);
  say(`Backup ${id} is whole: ${blobs} blobs, all hashes as they were.`);
}

async function checkFiles(folder: string, id: string): Promise<void> {
  const { collections, blobLists, deadLetters } = await readManifest(folder, id);
  for (const file of [...collections.map((one) => one.file), ...blobLists, deadLetters])
    await requireWhole(pathOf(folder, id, file.name), file);
}

/** In the order in which services write: blobs, then what speaks of them, so that one broken off has no video too many. */
async function restore(folder: string, id: string, leaveOutDamaged: boolean): Promise<void> {
  const rabbitmq = backend('RABBITMQ_URL', process.env).reveal();
  const client = new MongoClient(backend('MONGODB_URL', process.env).reveal(), {
    serverSelectionTimeoutMS: 10_000,
    writeConcern: { w: 'majority', journal: true },
  });
  const container = BlobServiceClient.fromConnectionString(
    backend('AZURE_STORAGE_CONNECTION_STRING', process.env).reveal(),
  ).getContainerClient(containerName(process.env));
  try {
    await client.connect();
    // Before anything is changed.
    await checkFiles(folder, id);
    const { collections, deadLetters } = await readManifest(folder, id);
    const consumed = await consumedQueues(rabbitmq);
    if (consumed.length > 0) throw new Error(`Services are running (${consumed.join(', ')}): stop them first.`);
    const restores = client.db('operate').collection<{ _id: string; state: string }>('restores');
    const isGoingOn = (await restores.findOne({ _id: id, state: 'begun' })) !== null;
    if (!isGoingOn) await requireEmpty(client, container);
    await restores.updateOne({ _id: id }, { $set: { state: 'begun' } }, { upsert: true });

    await container.createIfNotExists();
    const { blobs, copiedBytes } = await loadBlobs(container, folder, blobsOf(folder, id), (error, key) => {
      if (!leaveOutDamaged) throw new BackupDamaged(`${key}: ${error.message} --leave-out-damaged restores all else.`);
      failed(`${key}: ${error.message} It is left out.`);
    });
    say(`Blobs: ${blobs}, of which ${copiedBytes} bytes were not there yet`);
    for (const facts of collections) await loadCollection(client, pathOf(folder, id, facts.file.name), facts);
    say(`Documents: ${collections.reduce((sum, { documents }) => sum + documents, 0)}`);
    say(`Dead letters: ${await loadLetters(rabbitmq, pathOf(folder, id, deadLetters.name))}`);
    await restores.updateOne({ _id: id }, { $set: { state: 'done' } });
    say(`Backup ${id} is restored. Start the services, then: npm run reconcile`);
  } finally {
    await client.close();
  }
}

/** Nothing that somebody still wants is written over; only a restore of the same backup may be gone on with. */
async function requireEmpty(client: MongoClient, container: ContainerClient): Promise<void> {
  const documents = await countDocuments(client);
  if (documents > 0) throw new Error(`The databases are not empty: ${documents} documents are there. Drop them first.`);
  if (!(await container.exists())) return;
  for await (const { name } of container.listBlobsFlat())
    throw new Error(`The container ${container.containerName} is not empty: ${name} is there. Empty it first.`);
}

async function* blobsOf(folder: string, id: string): AsyncGenerator<BlobFacts> {
  for (const { name } of (await readManifest(folder, id)).blobLists)
    yield* readLines<BlobFacts>(pathOf(folder, id, name));
}

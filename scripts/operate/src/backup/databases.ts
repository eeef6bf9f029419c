import { createReadStream } from 'node:fs';
import { ensureIndexes } from '@flixtube/chassis/mongo-indexes';
import { BSON, type Document, type MongoClient } from 'mongodb';
import { afterRestore } from './after-restore.ts';
import { type CollectionFacts, NewFile, pathOf } from './folder.ts';

/**
 * The services' databases, in the order in which they are read: who tells before who is told, so that an event which is
 * in no outbox any more has, as a rule, had its effect by the time that its consumer is read
 * (docs/decisions/0022-what-a-restore-brings-back.md).
 */
export const databases = ['video-upload', 'history', 'video-processing', 'metadata'];

const batchDocuments = 500;
const batchBytes = 8 * 1024 * 1024;

/** Reads every collection, document by document, into BSON files, with the indexes that it has. */
export async function dumpDatabases(client: MongoClient, folder: string, id: string): Promise<CollectionFacts[]> {
  const facts: CollectionFacts[] = [];
  for (const database of databases) {
    const db = client.db(database);
    const collections = await db.listCollections({}, { nameOnly: true }).toArray();
    for (const { name: collection } of collections.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = `${database}.${collection}.bson`;
      const file = new NewFile(pathOf(folder, id, name), name);
      let documents = 0;
      for await (const document of db.collection(collection).find({}, { raw: true, batchSize: batchDocuments })) {
        await file.write(document as unknown as Uint8Array);
        documents += 1;
      }
      const indexes = (await db.collection(collection).indexes())
        .filter((index) => index.name !== '_id_')
        .map(({ key, name: indexName = '', unique }) => ({ key, name: indexName, ...(unique ? { unique } : {}) }));
      facts.push({ database, collection, documents, file: await file.end(), indexes });
    }
  }
  return facts;
}

/** How many documents there are in the services' databases. */
export async function countDocuments(client: MongoClient): Promise<number> {
  let count = 0;
  for (const database of databases) {
    const db = client.db(database);
    for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray())
      count += await db.collection(name).countDocuments({});
  }
  return count;
}

/** Puts a collection in the place of what is there; what a restore changes of documents is in `after-restore.ts`. */
export async function loadCollection(
  client: MongoClient,
  path: string,
  { database, collection: name, documents, indexes }: CollectionFacts,
): Promise<void> {
  const collection = client.db(database).collection(name);
  await collection.drop().catch((error) => {
    // NamespaceNotFound: it was not there.
    if (error.code !== 26) throw error;
  });
  await client.db(database).createCollection(name);
  const change = afterRestore(`${database}.${name}`, new Date());
  let batch: Document[] = [];
  let bytes = 0;
  const flush = async () => {
    if (batch.length > 0) await collection.insertMany(batch, { ordered: false });
    batch = [];
    bytes = 0;
  };
  for await (const document of documentsOf(path)) {
    // As it was: a number that is a double stays one, also where it is whole.
    batch.push(change(BSON.deserialize(document, { promoteValues: false, promoteBuffers: false })));
    bytes += document.length;
    if (batch.length >= batchDocuments || bytes >= batchBytes) await flush();
  }
  await flush();
  await ensureIndexes(collection, indexes);
  const found = await collection.countDocuments({});
  if (found !== documents)
    throw new Error(`${database}.${name} has ${found} documents, and ${documents} were restored.`);
}

/** BSON documents, one after the other: each begins with its length (bsonspec.org). */
async function* documentsOf(path: string): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (rest.length - at >= 4) {
      const length = rest.readInt32LE(at);
      if (rest.length - at < length) break;
      yield rest.subarray(at, at + length);
      at += length;
    }
    rest = rest.subarray(at);
  }
}

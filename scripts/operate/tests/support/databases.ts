import { MongoClient } from 'mongodb';
import { databases } from '../../src/backup/databases.ts';

/** The services' own databases, which nothing else uses while these tests run one after the other. */
export interface ServiceDatabases {
  url: string;
  client: MongoClient;
  close(): Promise<void>;
}

export async function serviceDatabases(): Promise<ServiceDatabases> {
  const url = process.env.MONGODB_URL as string;
  const client = new MongoClient(url, { appName: 'test' });
  await client.connect();
  const all = { url, client, close: () => client.close() };
  await emptyDatabases(all);
  return all;
}

export async function emptyDatabases({ client }: ServiceDatabases): Promise<void> {
  for (const name of [...databases, 'operate']) await client.db(name).dropDatabase();
}

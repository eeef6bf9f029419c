import { type Db, MongoClient } from 'mongodb';
import { setting, uniqueName } from './settings.ts';

export interface TestDatabase {
  /** For MONGODB_URL. */
  url: string;
  /** For MONGODB_DATABASE. */
  name: string;
  /** To look into it from the test. */
  db: Db;
  /** Drops it. */
  close(): Promise<void>;
}

/** A fresh, empty database. */
export async function testDatabase(): Promise<TestDatabase> {
  const url = setting('MONGODB_URL', 'mongodb');
  const name = uniqueName();
  const client = new MongoClient(url, { appName: 'test' });
  await client.connect();
  const db = client.db(name);
  return {
    url,
    name,
    db,
    close: async () => {
      await db.dropDatabase();
      await client.close();
    },
  };
}

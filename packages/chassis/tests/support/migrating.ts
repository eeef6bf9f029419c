import { createLogger } from '../../src/logger.ts';
import { type Migration, runMigrations } from '../../src/migrations.ts';
import { connectMongo } from '../../src/mongo.ts';

/** A migration in steps that are counted: of 40 documents one after the other, each with a moment between. */
export const counting: Migration = {
  id: '0001-counting',
  async run({ db, from, checkpoint, signal }) {
    const things = db.collection<{ _id: string; n?: number }>('things');
    for (let number = from === undefined ? 0 : Number(from) + 1; number < 40 && !signal.aborted; number += 1) {
      await things.updateOne({ _id: String(number) }, { $inc: { n: 1 } }, { upsert: true });
      await checkpoint(String(number), 1);
      process.send?.(number);
    }
  },
};

// A process of its own, to be killed: node migrating.ts <url> <database>
if (process.argv[2] !== undefined && process.argv[1] === import.meta.filename) {
  const [, , url = '', database = ''] = process.argv;
  const logger = createLogger({ service: 'test', level: 'silent' });
  const mongo = connectMongo({ url, database, logger });
  runMigrations({ mongo, migrations: [counting], logger, leaseSeconds: 1 });
  await mongo.start();
  await mongo.stop();
}

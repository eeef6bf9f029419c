import type { Collection, Document, IndexDescription } from 'mongodb';

/**
 * Makes the indexes that are not there yet. One command each: FerretDB 1.24 ends the connection when one command names
 * two indexes that exist already, as each does at a service's second start.
 */
export async function ensureIndexes<D extends Document>(
  collection: Collection<D>,
  indexes: readonly IndexDescription[],
): Promise<void> {
  for (const index of indexes) await collection.createIndexes([index]);
}

import { DomainError } from '@flixtube/chassis/errors';
import { type BlockOptions, BlockStager } from './block-stager.ts';
import { Inspection } from './inspection.ts';
import { KeyTaken, type ObjectFacts, type ObjectStore, StagedBlocksGone, type StoredObject } from './object-store.ts';

export interface Delivery {
  key: string;
  /** Fails when it is cut before its end. */
  body: AsyncIterable<Buffer>;
  /** How long it says that it is, when it says. */
  sizeBytes: number | undefined;
  /** Types and ranges, one of which it must be: `video/mp4`, `video/*`. */
  accept: readonly string[] | undefined;
}

export interface ReceiverOptions {
  blocks: BlockOptions;
  /** Told what could not be tidied up: the store drops staged blocks by itself after some days. */
  onLeftBehind(key: string, error: unknown): void;
}

/** Takes objects in: whole and once, or not at all. */
export class Receiver {
  readonly #store: Pick<ObjectStore, 'find' | 'stageBlock' | 'commit' | 'discardStaged'>;
  readonly #options: ReceiverOptions;
  /** How many deliveries of each key are under way here. */
  readonly #underWay = new Map<string, number>();

  constructor(store: Pick<ObjectStore, 'find' | 'stageBlock' | 'commit' | 'discardStaged'>, options: ReceiverOptions) {
    this.#store = store;
    this.#options = options;
  }

  /**
   * Stores a body while it comes in, in blocks that nobody sees before the last one is there. A key that has an object
   * keeps it: the same bytes again are answered with it, others with an error.
   *
   * @throws DomainError unsupported-type as soon as the first bytes tell; conflict; unavailable; what `body` fails with
   */
  async receive(delivery: Delivery): Promise<StoredObject> {
    const { key } = delivery;
    const existing = await this.#store.find(key);
    if (existing !== undefined) return takenBy(existing, await justInspected(delivery, existing));

    const blocks = new BlockStager((id, bytes) => this.#store.stageBlock(key, id, bytes), this.#options.blocks);
    this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1);
    let isStored = false;
    try {
      const stored = await this.#stored(delivery, blocks);
      isStored = true;
      return stored;
    } finally {
      const others = (this.#underWay.get(key) ?? 1) - 1;
      if (others > 0) this.#underWay.set(key, others);
      else this.#underWay.delete(key);
      // A block that arrives after the others were let go of would stay.
      await blocks.end();
      // What is staged under a key can only be let go of all together, so the last one to leave does it.
      if (!isStored && others === 0 && blocks.hasStaged) await this.#tidyUp(key);
    }
  }

  async #stored(delivery: Delivery, blocks: BlockStager): Promise<StoredObject> {
    const inspection = new Inspection(delivery.accept);
    for await (const chunk of inspection.through(delivery.body)) await blocks.write(chunk);
    const blockIds = await blocks.finish();
    const facts = wholeFacts(inspection, delivery);
    try {
      return await this.#store.commit(delivery.key, blockIds, facts);
    } catch (error) {
      if (!(error instanceof KeyTaken) && !(error instanceof StagedBlocksGone)) throw error;
      const winner = await this.#store.find(delivery.key);
      if (winner !== undefined) return takenBy(winner, facts);
      throw new DomainError('unavailable', 'The file was removed while it was being stored. Please send it again.', {
        cause: error,
      });
    }
  }

  async #tidyUp(key: string): Promise<void> {
    await this.#store.discardStaged(key).catch((error: unknown) => this.#options.onLeftBehind(key, error));
  }
}

async function justInspected(delivery: Delivery, existing: StoredObject): Promise<ObjectFacts> {
  if (delivery.sizeBytes !== undefined && delivery.sizeBytes !== existing.sizeBytes) throw conflict();
  const inspection = new Inspection(delivery.accept);
  const passed = inspection.through(delivery.body);
  while (!(await passed.next()).done);
  return wholeFacts(inspection, delivery);
}

/** A body that is cut fails by itself; should it ever not, nothing short may pass for the whole. */
function wholeFacts(inspection: Inspection, { sizeBytes }: Delivery): ObjectFacts {
  const facts = inspection.facts();
  if (sizeBytes === undefined || sizeBytes === facts.sizeBytes) return facts;
  throw new DomainError('invalid', `The body has ${facts.sizeBytes} bytes, and its Content-Length says ${sizeBytes}.`, {
    errors: [{ path: 'Content-Length', message: `must be ${facts.sizeBytes}` }],
  });
}

/** The object that is under the key already, when it is the same as what comes. @throws DomainError conflict */
export function takenBy(existing: StoredObject, delivered: Pick<ObjectFacts, 'sha256'>): StoredObject {
  if (existing.sha256 === delivered.sha256) return existing;
  throw conflict();
}

function conflict(): DomainError {
  return new DomainError('conflict', 'There is another file under this key already, and files do not change.', {
    errors: [{ path: 'key', message: 'is taken by other bytes' }],
  });
}

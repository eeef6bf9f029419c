import { createHash } from 'node:crypto';
import { DomainError } from '@flixtube/chassis/errors';
import { type Block, BlockCutter } from './blocks.ts';
import { contentTypeOf } from './content-type.ts';
import type { ObjectStore, StagedObject, StoredObject } from './object-store.ts';

const mebibyte = 1024 * 1024;
/** 50,000 blocks, which is all that Azure takes, make 195 GiB. */
const blockBytes = 4 * mebibyte;
/** On their way to the store at once; one more is being filled meanwhile. */
const blocksInFlight = 3;

export interface ObjectToPut {
  key: string;
  body: AsyncIterable<Buffer>;
  /** What the media type must begin with, `video/`; empty for any. */
  accept: string;
  signal: AbortSignal;
}

/**
 * Stores a stream of bytes as an object: whole, or not at all. The body has to throw when it is not complete.
 *
 * @throws DomainError 'unsupported-type' as soon as the first block shows another type than is accepted; 'conflict'
 * when there is an object with this key and other bytes; 'unavailable' when the store cannot be reached; and whatever
 * the body throws. Nothing is left behind then.
 */
export async function putObject(store: ObjectStore, o: ObjectToPut): Promise<StoredObject> {
  const staged = store.begin(o.key);
  try {
    const { sizeBytes, contentType, sha256 } = await stageAll(staged, o);
    if (await staged.commit({ contentType, sha256 })) {
      return { key: o.key, sizeBytes, contentType, sha256, storedAt: new Date() };
    }
    const there = await store.find(o.key);
    if (there?.sha256 === sha256 && there.sizeBytes === sizeBytes) return there;
  } catch (error) {
    await staged.discard().catch(() => undefined);
    throw error;
  }
  throw new DomainError('conflict', 'There is another object with this key already, and objects never change.');
}

async function stageAll(staged: StagedObject, { body, accept, signal }: ObjectToPut) {
  const cutter = new BlockCutter({ blockBytes, places: blocksInFlight + 1 });
  const hash = createHash('sha256');
  const failing = new AbortController();
  const stop = AbortSignal.any([signal, failing.signal]);
  const inFlight = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  let contentType: string | undefined;
  let sizeBytes = 0;

  const send = (block: Block) => {
    const sending: Promise<void> = staged
      .stage(block.buffer.subarray(0, block.length), stop)
      .catch((error: unknown) => {
        failure ??= { error };
        failing.abort();
      })
      .finally(() => {
        inFlight.delete(sending);
        cutter.release(block);
      });
    inFlight.add(sending);
  };

  try {
    for await (const block of cutter.cut(body)) {
      if (failure !== undefined) throw failure.error;
      signal.throwIfAborted();
      const bytes = block.buffer.subarray(0, block.length);
      contentType ??= await acceptedTypeOf(bytes, accept);
      hash.update(bytes);
      sizeBytes += bytes.length;
      if (bytes.length > 0) send(block);
    }
  } catch (error) {
    failing.abort();
    await Promise.all(inFlight);
    throw failure?.error ?? error;
  }
  await Promise.all(inFlight);
  if (failure !== undefined) throw failure.error;
  return { sizeBytes, contentType: contentType ?? 'application/octet-stream', sha256: hash.digest('hex') };
}

async function acceptedTypeOf(firstBytes: Buffer, accept: string): Promise<string> {
  const contentType = await contentTypeOf(firstBytes);
  if (contentType.startsWith(accept)) return contentType;
  throw new DomainError('unsupported-type', `The bytes are ${contentType}, and only ${accept}* is taken.`, {
    errors: [{ path: 'body', message: `must be ${accept}*, and is ${contentType}` }],
  });
}

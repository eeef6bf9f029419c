import { describe, expect, it } from '@jest/globals';
import { withSlots } from './encoder-slots.ts';
import type { EncodedPart, Media, Pictures } from './media.ts';

const never = new AbortController().signal;
const job = {} as Parameters<Media['encodePiece']>[0] & Parameters<Media['encodeSound']>[0];

/** Media whose calls end when the test says so. */
function heldMedia() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const hold = async (name: string) => {
    begun.push(name);
    await new Promise<void>((resolve) => ends.push(resolve));
  };
  const media: Media = {
    async probe() {
      throw new Error('unreadable');
    },
    async encodePiece() {
      await hold('piece');
      return [];
    },
    async *encodeSound() {
      await hold('sound');
      yield {} as EncodedPart;
    },
    async drawPictures() {
      await hold('pictures');
      return null as Pictures | null;
    },
    async extractTexts() {
      await hold('texts');
      return [];
    },
  };
  return { media, begun, endOne: () => ends.shift()?.() };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('slots of an encoder', () => {
  it('when all are taken, then the next one begins as soon as one has ended, in order', async () => {
    const { media, begun, endOne } = heldMedia();
    const limited = withSlots(media, 1);
    const work = [limited.encodePiece(job, never), limited.drawPictures(job, never), limited.encodePiece(job, never)];
    await settled();
    expect(begun).toEqual(['piece']);
    for (const expected of ['pictures', 'piece']) {
      endOne();
      await settled();
      expect(begun.at(-1)).toBe(expected);
    }
    endOne();
    await Promise.all(work);
  });

  it('when sound is encoded, then nothing waits for it', async () => {
    const { media, begun, endOne } = heldMedia();
    const limited = withSlots(media, 1);
    const first = limited.encodeSound(job, never)[Symbol.asyncIterator]().next();
    const piece = limited.encodePiece(job, never);
    await settled();
    expect(begun).toEqual(['sound', 'piece']);
    endOne();
    endOne();
    await Promise.all([first, piece]);
  });

  it('when who waits gives up, then the slot goes to the one behind', async () => {
    const { media, begun, endOne } = heldMedia();
    const limited = withSlots(media, 1);
    const leaving = new AbortController();
    const first = limited.encodePiece(job, never);
    const left = limited.encodePiece(job, leaving.signal);
    const pictures = limited.drawPictures(job, never);
    leaving.abort(new Error('obsolete'));
    await expect(left).rejects.toThrow('obsolete');
    endOne();
    await first;
    await settled();
    expect(begun).toEqual(['piece', 'pictures']);
    endOne();
    await pictures;
  });

  it('when one fails, then its slot is free again', async () => {
    const { media, begun, endOne } = heldMedia();
    const limited = withSlots(media, 1);
    await expect(limited.probe({ url: '', sizeBytes: 1 }, never)).rejects.toThrow('unreadable');
    const piece = limited.encodePiece(job, never);
    await settled();
    expect(begun).toEqual(['piece']);
    endOne();
    await piece;
  });
});

import { describe, expect, it } from '@jest/globals';
import { bytesOfPiece, EncoderSlots, withSlots } from './encoder-slots.ts';
import { ladderOf } from './ladder.ts';
import type { EncodedPart, Media, Pictures, Plan } from './media.ts';

const never = new AbortController().signal;
const mebibyte = 2 ** 20;
const one = { encoders: 1, memoryBytes: 2 ** 40 };

function planOf(width: number, height: number, hdr = false): Plan {
  const picture = { stream: 0, width, height, frameRate: { num: 30, den: 1 }, interlaced: false, hdr };
  const probe = { durationSeconds: 60, startSeconds: 0, picture, sound: [], texts: [], chapters: [] };
  return { probe, renditions: ladderOf(picture), gopFrames: 60, segmentFrames: 120, pieces: [] };
}

function jobOf(plan: Plan) {
  return { plan } as Parameters<Media['encodePiece']>[0] & Parameters<Media['encodeSound']>[0];
}
const job = jobOf(planOf(1920, 1080));
const large = jobOf(planOf(3840, 2160));

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
    const limited = withSlots(media, new EncoderSlots(one));
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
    const limited = withSlots(media, new EncoderSlots(one));
    const first = limited.encodeSound(job, never)[Symbol.asyncIterator]().next();
    const piece = limited.encodePiece(job, never);
    await settled();
    expect(begun).toEqual(['sound', 'piece']);
    endOne();
    endOne();
    await Promise.all([first, piece]);
  });

  it('when there is no memory for a second one, then it waits, and what needs less does not overtake it', async () => {
    const { media, begun, endOne } = heldMedia();
    const limited = withSlots(media, new EncoderSlots({ encoders: 8, memoryBytes: 1_600 * mebibyte }));
    const work = [
      limited.encodePiece(large, never),
      limited.encodePiece(large, never),
      limited.drawPictures(job, never),
    ];
    await settled();
    expect(begun).toEqual(['piece']);
    endOne();
    await settled();
    expect(begun).toEqual(['piece', 'piece', 'pictures']);
    endOne();
    endOne();
    await Promise.all(work);
  });

  it('when a piece needs more memory than there is, then it goes alone', async () => {
    const { media, begun, endOne } = heldMedia();
    const limited = withSlots(media, new EncoderSlots({ encoders: 8, memoryBytes: 512 * mebibyte }));
    const work = [limited.encodePiece(job, never), limited.encodePiece(large, never), limited.encodePiece(job, never)];
    for (let count = 1; count <= 3; count += 1) {
      await settled();
      expect(begun).toHaveLength(count);
      endOne();
    }
    await Promise.all(work);
  });

  it.each([
    [1920, 1080, false, 368],
    [3840, 2160, false, 1_212],
  ])('what a piece of %ix%i takes is a little more than measured', (width, height, hdr, measured) => {
    const mebibytes = bytesOfPiece(planOf(width, height, hdr)) / mebibyte;
    expect(mebibytes).toBeGreaterThan(measured);
    expect(mebibytes).toBeLessThan(1.25 * measured);
  });

  it('when who waits gives up, then the slot goes to the one behind', async () => {
    const { media, begun, endOne } = heldMedia();
    const limited = withSlots(media, new EncoderSlots(one));
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
    const limited = withSlots(media, new EncoderSlots(one));
    await expect(limited.probe({ url: '', sizeBytes: 1 }, never)).rejects.toThrow('unreadable');
    const piece = limited.encodePiece(job, never);
    await settled();
    expect(begun).toEqual(['piece']);
    endOne();
    await piece;
  });
});

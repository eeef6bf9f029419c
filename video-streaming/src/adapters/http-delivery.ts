import { DomainError } from '@flixtube/chassis/errors';
import type { JsonClient } from '@flixtube/chassis/json-client';
import { objectAddress } from '@flixtube/contracts/http/internal';
import { LRUCache } from 'lru-cache';
import type { Address, Delivery } from '../domain/delivery.ts';

/** Of an address of some 500 characters; five renditions of 10,000 videos. */
const kept = 50_000;
/** video-storage gives all who ask the same one for some minutes; so long it may be kept without being asked for. */
const keptMs = 30_000;

/** Addresses as video-storage signs them. */
export function httpDelivery(storage: Pick<JsonClient, 'get'>): Delivery {
  const addresses = new LRUCache<string, Promise<Address>>({ max: kept, ttl: keptMs });

  async function ask(path: string): Promise<Address> {
    const { data } = await storage.get(path);
    const answer = objectAddress.safeParse(data);
    if (!answer.success) {
      throw new DomainError('bad-neighbour', 'The video could not be found. Please try again later.', {
        cause: answer.error,
      });
    }
    return { url: answer.data.url, expiresAt: new Date(answer.data.expiresAt) };
  }

  return {
    async addressOf(key, { visibility }) {
      const sharing = visibility === 'private' ? 'private' : 'public';
      const path = `/internal/addresses/${key.split('/').map(encodeURIComponent).join('/')}?sharing=${sharing}`;
      const known = addresses.get(path);
      // Near its end it would not last until the viewer has asked for it.
      if (known !== undefined && (await known).expiresAt.getTime() - Date.now() > 2 * keptMs) return known;
      const asked = ask(path);
      addresses.set(path, asked);
      asked.catch(() => addresses.peek(path) === asked && addresses.delete(path));
      return asked;
    },
  };
}

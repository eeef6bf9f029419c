import { describe, expect, it } from '@jest/globals';
import { Addresses, type AddressSigner } from './addresses.ts';

describe('addresses of objects', () => {
  const signer: AddressSigner = {
    sign: async (key, { expiresAt, cacheControl }) => `${key} ${expiresAt.toISOString()} ${cacheControl}`,
  };
  const addresses = new Addresses(signer, { lifeSeconds: 600 });

  it('has at least half of its life before it whenever it is made, and never more than all of it', async () => {
    for (let second = 0; second < 1_200; second += 7) {
      const now = Date.UTC(2026, 0, 1) + second * 1_000 + 500;
      const left = ((await addresses.of('a', 'public', now)).expiresAt.getTime() - now) / 1_000;
      expect(left).toBeGreaterThanOrEqual(300);
      expect(left).toBeLessThanOrEqual(600);
    }
  });

  it('is the same for all who ask in one half of its life, and another one after it', async () => {
    const begin = Date.UTC(2026, 0, 1);
    const urls = await Promise.all(
      [0, 299, 300].map(async (s) => (await addresses.of('a', 'public', begin + s * 1_000)).url),
    );
    expect(urls[0]).toBe(urls[1]);
    expect(urls[2]).not.toBe(urls[0]);
  });

  it('lets no shared cache keep what is private, and none keep anything for longer than half of its life', async () => {
    expect((await addresses.of('a', 'private')).url).toContain('private, max-age=300');
    expect((await addresses.of('a', 'public')).url).toContain('public, max-age=300');
  });
});

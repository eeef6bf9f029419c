import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import type { ObjectAddress } from '@flixtube/contracts/http/internal';
import type { Router } from 'express';
import { z } from 'zod';
import type { Addresses } from '../domain/addresses.ts';
import { objectKey } from './object-key.ts';

const params = z.object({ key: objectKey });
const query = z.strictObject({ sharing: z.enum(['public', 'private']) });

/** GET /internal/addresses/*key?sharing=public|private: where its bytes can be read by whoever has the address. */
export function getAddress(router: Router, addresses: Pick<Addresses, 'of'>): void {
  route(router, '/internal/addresses/*key', {
    GET: [
      requireService(),
      async (req, res) => {
        const { key } = parse(params, req.params);
        const { sharing } = parse(query, req.query);
        const { url, expiresAt } = await addresses.of(key, sharing);
        const body: ObjectAddress = { url, expiresAt: expiresAt.toISOString() };
        res.set('Cache-Control', 'no-store').json(body);
      },
    ],
  });
}

import { parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import { blockId, type StagedBlock } from '@flixtube/contracts/http/internal';
import type { Router } from 'express';
import { z } from 'zod';
import type { Blocks } from '../domain/blocks.ts';
import { accept } from './accept.ts';
import { objectKey } from './object-key.ts';

const params = z.object({ key: objectKey });
const query = z.strictObject({ block: blockId, accept });

/** PUT /internal/blocks/*key?block=&accept=: the body as a block of an object to be; `accept` with the first one. */
export function putBlock(router: Router, blocks: Pick<Blocks, 'stage'>): void {
  route(router, '/internal/blocks/*key', {
    PUT: [
      requireService(),
      async (req, res) => {
        const { key } = parse(params, req.params);
        const asked = parse(query, req.query);
        const staged = await blocks.stage({
          key,
          blockId: storesId(asked.block),
          // What is refused half-way is left to the server, which lets the sender read why.
          body: req.iterator({ destroyOnReturn: false }),
          accept: asked.accept,
        });
        const body: StagedBlock = { ...staged, contentType: staged.contentType ?? null };
        res.status(201).json(body);
      },
    ],
  });
}

/** Azure takes base64, and of all blocks of a blob ids of one length: these have that of a PUT's blocks. */
export function storesId(block: string): string {
  return Buffer.from(block, 'hex').toString('base64');
}

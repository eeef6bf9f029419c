import { json, parse, route } from '@flixtube/chassis/http';
import { requireService } from '@flixtube/chassis/identity';
import { blockList, type StoredObject as StoredObjectBody } from '@flixtube/contracts/http/internal';
import type { Router } from 'express';
import { z } from 'zod';
import type { Blocks } from '../domain/blocks.ts';
import { etagOf } from './etag.ts';
import { objectKey } from './object-key.ts';
import { storesId } from './put-block.ts';

const params = z.object({ key: objectKey });
const noQuery = z.strictObject({});
/** 50,000 ids of 40 digits, with their quotes and commas. */
const mostBytes = 2_500_000;

/** POST /internal/blocks/*key: makes the object out of its blocks, written once as by PUT. */
export function commitBlocks(router: Router, blocks: Pick<Blocks, 'commit'>): void {
  route(router, '/internal/blocks/*key', {
    POST: [
      requireService(),
      json(mostBytes),
      async (req, res) => {
        const { key } = parse(params, req.params);
        parse(noQuery, req.query);
        const { blocks: ids, ...facts } = parse(blockList, req.body);
        const stored = await blocks.commit(key, ids.map(storesId), facts);
        const { sizeBytes, sha256, contentType } = stored;
        const body: StoredObjectBody = { key, sizeBytes, sha256, contentType, etag: etagOf(stored) };
        res.status(201).location(`/internal/objects/${key}`).set('ETag', body.etag).json(body);
      },
    ],
  });
}

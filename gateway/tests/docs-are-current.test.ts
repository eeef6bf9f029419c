import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { asyncApi } from '../../scripts/docs/asyncapi.ts';
import { openApi } from '../../scripts/docs/openapi.ts';
import { textOf } from '../../scripts/docs/text.ts';
import { routingTable } from '../src/domain/routing-table.ts';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '../..');
const committed = (name: string) => readFile(join(root, 'docs', name), 'utf8');

describe('docs/openapi.json', () => {
  it('is what npm run docs writes now', async () => expect(await committed('openapi.json')).toBe(textOf(openApi())));

  it('is a valid OpenAPI document', async () => {
    const result = await new Validator().validate(textOf(openApi()));
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
  });

  it('describes every route of the routing table, and none beside them', () => {
    const described = Object.entries(openApi().paths ?? {}).flatMap(([path, operations]) =>
      Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routed = routingTable
      .filter(({ path }) => path !== '/api/docs/:asset')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    // A HEAD goes where GET does; one that has no GET is a route of its own.
    const isItsOwn = (one: string) => !one.startsWith('HEAD ') || !described.includes(one.replace('HEAD', 'GET'));
    expect(described.filter(isItsOwn).sort()).toEqual(routed.sort());
  });
});

describe('docs/asyncapi.json', () => {
  it('is what npm run docs writes now', async () => expect(await committed('asyncapi.json')).toBe(textOf(asyncApi())));

  it('is a valid AsyncAPI document', async () => {
    const file = require.resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json');
    const schema = JSON.parse(await readFile(file, 'utf8')) as object;
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.validate(schema, JSON.parse(textOf(asyncApi())));
    expect(ajv.errors).toBeNull();
  });

  it('describes every event of the contracts', async () => {
    const modules = await readdir(join(root, 'packages/contracts/src/events'));
    const events = modules.map((module) => module.replace('.ts', '').replace('-', '.')).sort();
    expect(Object.keys(asyncApi().channels as object).sort()).toEqual(events);
  });
});

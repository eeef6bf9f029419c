import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asyncApi } from './asyncapi.ts';
import { openApi } from './openapi.ts';
import { textOf } from './text.ts';

// npm run docs: writes the contracts that other people's tools read, from the schemas that the services parse with.
const folder = join(import.meta.dirname, '../../docs');
await writeFile(join(folder, 'openapi.json'), textOf(openApi()));
await writeFile(join(folder, 'asyncapi.json'), textOf(asyncApi()));

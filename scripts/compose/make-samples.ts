import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSamples } from '../samples/make-samples.ts';

// Run while the image of Compose's `samples` is built: the videos, and a list of them.
const folder = process.argv[2] ?? '/samples';
const samples = await makeSamples({ folder, say: console.log });
await writeFile(join(folder, 'list.json'), JSON.stringify(samples, null, 2));

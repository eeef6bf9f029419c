import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isThere, requireProgram, type Say } from '@flixtube/dev-env/programs';
import { type Recipe, recipes } from './recipes.ts';

const run = promisify(execFile);

/** A sample video on disk: H.264 and AAC in MP4. */
export interface Sample extends Pick<Recipe, 'title' | 'description'> {
  path: string;
}

/**
 * Makes the sample videos that the folder does not hold yet, one after the other: half a minute on two cores.
 * @throws SetupFailure when ffmpeg is missing and cannot be installed
 */
export async function makeSamples(o: { folder: string; say: Say; signal?: AbortSignal }): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const recipe of recipes) {
    const path = join(o.folder, `${digest(recipe)}-${recipe.file}`);
    if (!(await isThere(path))) await make(recipe, path, o);
    samples.push({ path, title: recipe.title, description: recipe.description });
  }
  return samples;
}

async function make(
  recipe: Recipe,
  path: string,
  o: { folder: string; say: Say; signal?: AbortSignal },
): Promise<void> {
  const ffmpeg = await requireProgram({ program: 'ffmpeg', aptPackage: 'ffmpeg', say: o.say });
  const startedAt = performance.now();
  await mkdir(o.folder, { recursive: true });
  const { seconds, pictures, sound, maxRate } = recipe;
  const unfinished = `${path}.${process.pid}`;
  const fade = `afade=t=in:d=1,afade=t=out:st=${seconds - 2}:d=2`;
  await run(
    ffmpeg,
    [
      ...['-v', 'error', '-y'],
      ...['-f', 'lavfi', '-i', `${pictures},format=yuv420p`],
      ...['-f', 'lavfi', '-i', `aevalsrc='${sound}':s=44100,${fade}`],
      ...['-t', String(seconds)],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '27', '-maxrate', `${maxRate}k`, '-bufsize', '2M'],
      // A key frame every two seconds or so, for quick seeking.
      ...['-g', '40'],
      ...['-c:a', 'aac', '-b:a', '96k', '-movflags', '+faststart', '-f', 'mp4', unfinished],
    ],
    { signal: o.signal },
  ).catch(async (error) => {
    await rm(unfinished, { force: true });
    throw error;
  });
  await rename(unfinished, path);
  o.say(`Sample video "${recipe.title}": made (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
}

function digest(recipe: Recipe): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 8);
}

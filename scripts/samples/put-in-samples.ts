import { openAsBlob } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample } from './make-samples.ts';

interface Done {
  /** The viewer cookie of those that were put in: one viewer owns them all, also when a later start puts in the rest. */
  cookie: string | undefined;
  titles: string[];
}

/** The titles of the samples that have been put in, and by whom, as kept beside the data. */
export async function samplesDone(dataFolder: string): Promise<Done> {
  const text = await readFile(join(dataFolder, 'samples.json'), 'utf8').catch(() => undefined);
  return text ? JSON.parse(text) : { cookie: undefined, titles: [] };
}

/**
 * Uploads the samples that are not in yet, through the public address, like any visitor.
 * @throws when an upload is refused; those before it stay
 */
export async function putInSamples(o: {
  gateway: string;
  dataFolder: string;
  samples: Sample[];
  signal: AbortSignal;
}): Promise<void> {
  const done = await samplesDone(o.dataFolder);
  for (const { title, description, path } of o.samples) {
    if (done.titles.includes(title)) continue;
    done.cookie ??= await viewerCookie(o.gateway, o.signal);
    const response = await fetch(`${o.gateway}/api/videos?${new URLSearchParams({ title, description })}`, {
      method: 'POST',
      headers: { 'content-type': 'video/mp4', cookie: done.cookie },
      body: await openAsBlob(path, { type: 'video/mp4' }),
      signal: o.signal,
    });
    if (!response.ok) throw new Error(`"${title}" was refused: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
    done.titles.push(title);
    await writeFile(join(o.dataFolder, 'samples.json'), JSON.stringify(done, null, 2), { mode: 0o600 });
  }
}

async function viewerCookie(gateway: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${gateway}/api/session`, { signal });
  await response.body?.cancel();
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.slice(0, cookie.indexOf(';')));
  if (cookies.length === 0) throw new Error(`GET /api/session gave no viewer cookie (${response.status})`);
  return cookies.join('; ');
}

/**
 * `npm run trial:rollout -- --url http://...`: restarts every deployment of the cluster that kubectl points at, one after
 * the other, under viewers and uploads, and says what those have noticed of it.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { makeClip } from '@flixtube/dev-env/clips';
import { serviceNames } from '@flixtube/dev-env/services';
import { say } from '../bench.ts';
import { processed } from '../processed.ts';
import { Client, type Tally } from './client.ts';
import { type Uploaded, uploadSlowly } from './uploader.ts';
import { watch } from './viewer.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:4000' },
    viewers: { type: 'string', default: '50' },
    uploads: { type: 'string', default: '5' },
    namespace: { type: 'string', default: 'flixtube' },
  },
});
const { url, namespace } = values;
const clip = { seconds: 40, size: '426x240', rate: 25 };
const uploadSeconds = 45;
const settleMs = 10_000;

const kubectl = async (...args: string[]) =>
  (await promisify(execFile)('kubectl', ['--namespace', namespace, ...args])).stdout.trim();

const folder = await mkdtemp(path.join(tmpdir(), 'flixtube-rollout-'));
try {
  const file = path.join(folder, 'clip.mp4');
  await makeClip(file, clip);
  const { videoId } = await processed(url, file);
  say(`${values.viewers} viewers and ${values.uploads} uploads at ${url}`);
  const over = new AbortController();
  const tally: Tally = { requests: 0, repeated: 0, failures: [], contents: new Map() };

  const watching = Array.from({ length: Number(values.viewers) }, async (_, index) => {
    // They do not all come at the same moment.
    await pause(index * 200);
    const client = new Client(url, tally);
    const watched = await watch(client, videoId, over.signal);
    await client.close();
    return watched;
  });
  const bytes = await readFile(file);
  const givenUp: string[] = [];
  const uploading = Array.from({ length: Number(values.uploads) }, async () => {
    const uploads: Uploaded[] = [];
    try {
      while (!over.signal.aborted) uploads.push(await uploadSlowly(url, bytes, uploadSeconds));
    } catch (error) {
      // Said at the end, with all that the others have seen.
      givenUp.push(`${new Date().toISOString()} ${(error as Error).message}`);
    }
    return uploads;
  });

  await pause(settleMs);
  for (const name of serviceNames) {
    const startedAt = performance.now();
    const failedBefore = tally.failures.length;
    await kubectl('rollout', 'restart', `deployment/${name}`);
    await kubectl('rollout', 'status', `deployment/${name}`, '--timeout=300s');
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    say(`${name}: restarted in ${seconds} s, ${tally.failures.length - failedBefore} requests failed meanwhile`);
  }
  // The last of the old pods have still to end.
  await pause(settleMs * 4);
  over.abort();

  const watched = await Promise.all(watching);
  const uploads = (await Promise.all(uploading)).flat();
  const lost = uploads.filter(({ isWhole }) => !isWhole);
  const longest = Math.max(...watched.map(({ longestStallSeconds }) => longestStallSeconds));
  say(
    `viewers: ${watched.reduce((sum, one) => sum + one.seconds, 0).toFixed(0)} s watched, longest stall ${longest.toFixed(2)} s`,
  );
  say(
    `requests: ${tally.requests}, ${tally.repeated} sent again on a closed connection, ${tally.failures.length} failed`,
  );
  for (const failure of tally.failures.slice(0, 20)) say(`  ${failure}`);
  say(
    `uploads: ${uploads.length}, gone on with ${uploads.reduce((sum, { resumed }) => sum + resumed, 0)} times, ${lost.length} lost, ${givenUp.length} given up`,
  );
  for (const reason of givenUp) say(`  ${reason}`);
  if (tally.failures.length > 0 || longest > 0 || lost.length > 0 || givenUp.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

/**
 * `npm run trial:rollout -- --url http://...`: restarts every deployment of the cluster that kubectl points at, one after
 * the other, under viewers and uploads, and says what those have noticed of it.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeClip } from '@flixtube/dev-env/clips';
import { type ServiceName, serviceNames } from '@flixtube/dev-env/services';
import { messageOf, SetupFailure } from '@flixtube/dev-env/setup-failure';
import { request } from 'undici';
import { endWith, parseCommandLine } from '../../../scripts/command-line.ts';
import { Commands } from '../../../scripts/release/commands.ts';
import { kubectl, lookAtCluster } from '../../../scripts/release/kubectl.ts';
import { say } from '../bench.ts';
import { processed } from '../processed.ts';
import { Client, type Tally } from './client.ts';
import { type Uploaded, uploadSlowly } from './uploader.ts';
import { watch } from './viewer.ts';

const usage = `npm run trial:rollout -- [options]
Restarts every deployment of the cluster that kubectl points at, under viewers and uploads, and says what they notice.
  --url <address>         where viewers reach it, such as http://<node>:30400 (default: http://127.0.0.1:4000)
  --viewers <50>          how many watch
  --uploads <5>           how many upload, one video after the other
  --environment <local>   which cluster is meant: another one is left alone`;
const options = {
  url: { type: 'string', default: 'http://127.0.0.1:4000' },
  viewers: { type: 'string', default: '50' },
  uploads: { type: 'string', default: '5' },
  environment: { type: 'string', default: 'local' },
} as const;
const clip = { seconds: 40, size: '426x240', rate: 25 };
const uploadSeconds = 45;
const settleMs = 10_000;

try {
  await main();
} catch (error) {
  endWith(error);
}

async function main(): Promise<void> {
  const { values } = parseCommandLine(usage, { args: process.argv.slice(2), options });
  const url = values.url.replace(/\/$/, '');
  const viewers = numberOf('viewers', values.viewers);
  const uploaders = numberOf('uploads', values.uploads);
  await lookAtCluster(new Commands({ dryRun: false }), values.environment);
  await requireReady(url);
  const folder = await mkdtemp(path.join(tmpdir(), 'flixtube-rollout-'));
  try {
    await tryOut(url, { viewers, uploaders, folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function numberOf(name: string, text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new SetupFailure(`--${name} ${text} is no number.`);
  return Number(text);
}

/** @throws SetupFailure when nothing answers there, or not yet */
async function requireReady(url: string): Promise<void> {
  const answer = await request(`${url}/health/ready`).catch((error) => {
    throw new SetupFailure(
      `Nothing answers at ${url} (${messageOf(error)}). Where FlixTube is: --url http://<node>:30400`,
    );
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new SetupFailure(`${url}/health/ready answers ${answer.statusCode}: ${text}`);
}

/** How a trial is made. */
interface Trial {
  viewers: number;
  uploaders: number;
  /** For what is uploaded. */
  folder: string;
}

async function tryOut(url: string, { viewers, uploaders, folder }: Trial): Promise<void> {
  const file = path.join(folder, 'clip.mp4');
  await makeClip(file, clip);
  const { videoId } = await processed(url, file);
  say(`${viewers} viewers and ${uploaders} uploads at ${url}`);
  const over = new AbortController();
  const tally: Tally = { requests: 0, repeated: 0, failures: [], contents: new Map() };

  const watching = Array.from({ length: viewers }, async (_, index) => {
    // They do not all come at the same moment.
    await pause(index * 200);
    const client = new Client(url, tally);
    const watched = await watch(client, videoId, over.signal);
    await client.close();
    return watched;
  });
  const bytes = await readFile(file);
  const givenUp: string[] = [];
  const uploading = Array.from({ length: uploaders }, async () => {
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
    await rollOut('restart', name);
    await rollOut('status', name, '--timeout=300s');
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
}

async function rollOut(what: 'restart' | 'status', service: ServiceName, ...more: string[]): Promise<void> {
  const [program = '', ...args] = kubectl('rollout', what, `deployment/${service}`, ...more);
  await promisify(execFile)(program, args);
}

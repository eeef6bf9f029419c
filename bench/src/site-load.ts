/** `npm run load -- --url http://…`: viewers, publishers and searchers at a FlixTube that runs, by k6; fails on its thresholds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeClip } from '@flixtube/dev-env/clips';
import { endWith, parseCommandLine } from '../../scripts/command-line.ts';
import { requireK6, runToEnd } from './k6-program.ts';

const say = (line: string) => console.log(line);

const usage = `npm run load -- [options]
Viewers, publishers and searchers at a FlixTube that runs, by k6; fails when a threshold does.
  --url <address>      where it is (default: http://127.0.0.1:4000)
  --viewers <n>        how many watch; --publishers <n> upload, --searchers <n> search
  --seconds <60>       how long all of them are there, after --ramp <10> in which they come
  --watch <30>         seconds that a viewer watches one video for
  --slowness <1>       thresholds of time are so many times as long, on a machine that does other work as well`;

/** Each becomes an environment variable of bench/k6/site.js. */
const options = {
  url: { type: 'string', default: 'http://127.0.0.1:4000' },
  viewers: { type: 'string' },
  publishers: { type: 'string' },
  searchers: { type: 'string' },
  seconds: { type: 'string' },
  ramp: { type: 'string' },
  watch: { type: 'string' },
  slowness: { type: 'string' },
} as const;

try {
  process.exitCode = await load();
} catch (error) {
  endWith(error);
}

async function load(): Promise<number> {
  const { values } = parseCommandLine(usage, { args: process.argv.slice(2), options });
  const k6 = await requireK6(say);
  const folder = await mkdtemp(join(tmpdir(), 'flixtube-load-'));
  try {
    const file = join(folder, 'upload.mp4');
    await makeClip(file, { seconds: 4, size: '320x180', rate: 25 });
    const env = Object.entries({ ...values, url: values.url.replace(/\/$/, ''), file }).flatMap(([name, value]) =>
      value === undefined ? [] : ['-e', `${name.toUpperCase()}=${value}`],
    );
    const script = join(import.meta.dirname, '../k6/site.js');
    return await runToEnd(k6, ['run', '--no-usage-report', '--quiet', ...env, script]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

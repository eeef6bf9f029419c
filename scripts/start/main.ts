/** `npm start`: the whole of FlixTube on this machine, until Ctrl-C. `-- --fresh` begins with no data. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { requireProgram } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';
import { portsFrom } from '@flixtube/dev-env/services';
import { messageOf, SetupFailure } from '@flixtube/dev-env/setup-failure';
import { type System, startSystem } from '@flixtube/dev-env/system';
import { HelpWanted } from '../command-line.ts';
import { makeSamples } from '../samples/make-samples.ts';
import { putInSamples } from '../samples/put-in-samples.ts';
import { readArguments } from './arguments.ts';
import { claim, keptSecrets, requireFreePorts } from './before.ts';
import { readable } from './log-lines.ts';
import { markOf, signalGroup } from './processes.ts';
import { type RunRecord, removeRecord, stateFolder, writeRecord } from './run-record.ts';
import { listenForStop } from './stopping.ts';

const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;
const say = (line: string) => process.stdout.write(`${line}\n`);
const startedAt = performance.now();
const seconds = (since: number) => `${((performance.now() - since) / 1_000).toFixed(1)} s`;

let record: RunRecord | undefined;
const stopping = listenForStop(
  () => say('\nStopping: the gateway, the other services, the backends. Once more to end them at once.'),
  () => {
    say('Ending everything at once');
    for (const { pid } of Object.values(record?.processes ?? {})) signalGroup(pid, 'SIGKILL');
  },
);

try {
  await run();
} catch (error) {
  if (stopping.signal.aborted) {
    say('Stopped while it was starting.');
  } else if (error instanceof HelpWanted) {
    say(error.message);
  } else {
    process.exitCode = 1;
    say(`\n${messageOf(error)}`);
    if (!(error instanceof SetupFailure)) say(String((error as Error).stack));
  }
}

async function run(): Promise<void> {
  const { fresh, port } = readArguments(process.argv.slice(2));
  const ports = portsFrom(port);
  const dataFolder = join(stateFolder, 'data');
  await mkdir(stateFolder, { recursive: true });
  await claim(say);
  if (fresh) {
    await rm(dataFolder, { recursive: true, force: true });
    say('The data of earlier starts: deleted');
  }
  await requireFreePorts(ports);
  await requireProgram({ program: 'ffmpeg', aptPackage: 'ffmpeg', say });
  const starter = await markOf(process.pid);
  if (!starter) throw new Error('This process is not among the running ones');
  record = { starter, ports, processes: {}, given: [] };
  writeRecord(record);
  const over = new AbortController();
  try {
    const signal = AbortSignal.any([stopping.signal, over.signal]);
    const samples = makeSamples({ folder: join(root, '.flixtube/samples'), say, signal });
    // It fails at its own time; until someone waits for it, that is not an unhandled rejection.
    samples.catch(() => undefined);
    const system = await startSystem({
      dataFolder,
      ports,
      useGiven: true,
      secrets: await keptSecrets(stateFolder),
      say,
      onLine: (service, line) => say(readable(service, line, coloured)),
      onSpawn: noteSpawn,
      signal: stopping.signal,
    });
    await whileRunning(system, { dataFolder, samples });
  } finally {
    over.abort();
    record = undefined;
    removeRecord();
  }
}

async function whileRunning(
  system: System,
  o: { dataFolder: string; samples: ReturnType<typeof makeSamples> },
): Promise<void> {
  try {
    await noteGiven(system);
    await o.samples
      .then((samples) => putInSamples({ ...o, gateway: system.url, samples, signal: stopping.signal }))
      .catch((error) => {
        if (stopping.signal.aborted) return;
        say(`The sample videos could not be put in, the next start tries again: ${messageOf(error)}`);
      });
    if (!stopping.signal.aborted) {
      say(`\nFlixTube is ready at ${system.url} (${seconds(startedAt)}). Ctrl-C stops it.\n`);
    }
    await stopping.asked;
  } finally {
    const since = performance.now();
    await system.stop();
    say(`Stopped (${seconds(since)}). The data stays in ${o.dataFolder}.`);
  }
}

async function noteGiven(system: System): Promise<void> {
  if (!record) return;
  const status = await system.status();
  record.given = status
    .filter(({ kind, pid }) => kind === 'backend' && pid === null)
    .map(({ name, port, url }) => ({ name, port, url }));
  writeRecord(record);
}

async function noteSpawn(name: string, pid: number): Promise<void> {
  const mark = await markOf(pid);
  if (!record || !mark) return;
  record.processes[name] = mark;
  writeRecord(record);
}

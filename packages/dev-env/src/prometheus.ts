import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { aptUnpack, findProgram, runnable, type Say } from './programs.ts';
import { root } from './root.ts';
import { SetupFailure } from './setup-failure.ts';

/** Prometheus 3.16, by the numbers that its Go module has: what docker-compose.yaml starts. */
const goModule = 'github.com/prometheus/prometheus/cmd';
const goVersion = 'v0.316.0';
/** Of the ways to discover who is to be measured, by DNS alone: the others make three quarters of the program. */
const goTags = 'remove_all_sd,enable_dns_sd';

/**
 * The path of `prometheus` or of its tool `promtool`: on PATH, else out of Debian's package, else built by Go, which takes
 * some minutes, once. Nothing is installed on the machine.
 * @throws SetupFailure naming each way to get it.
 */
export async function requirePrometheus(program: 'prometheus' | 'promtool', say: Say): Promise<string> {
  const tools = join(root, '.flixtube/tools');
  const unpacked = join(tools, 'prometheus/usr/bin', program);
  const built = join(tools, `prometheus-${goVersion}`, program);
  const found = await findProgram(program);
  if (found) return found;
  for (const path of [built, unpacked]) if (await runnable(path)) return path;
  const noPackage = await unpack(tools, say);
  if (await runnable(unpacked)) return unpacked;
  const noBuild = await build(program, join(tools, `prometheus-${goVersion}`), say);
  if (await runnable(built)) return built;
  throw new SetupFailure(
    `The program "${program}" is missing, and it could not be had from here: ${noPackage}; ${noBuild}.\n` +
      'Ways to get it:\n' +
      `  - apt-get install prometheus (as root)\n  - go install ${goModule}/${program}@${goVersion}\n` +
      '  - https://prometheus.io/download, unpacked into a folder on PATH',
  );
}

/** Both programs lie in one package. Under another name first, since two may want it at once. */
async function unpack(tools: string, say: Say): Promise<string | undefined> {
  const unfinished = join(tools, `prometheus.${process.pid}`);
  await mkdir(unfinished, { recursive: true });
  const problem = await aptUnpack('prometheus', unfinished, say);
  if (problem === undefined) await rename(unfinished, join(tools, 'prometheus')).catch(() => {});
  await rm(unfinished, { recursive: true, force: true });
  return problem;
}

async function build(program: string, folder: string, say: Say): Promise<string | undefined> {
  const go = await findProgram('go');
  if (!go) return 'there is no go';
  say(`${program}: building it with Go: some minutes, this once`);
  const result = await execa(go, ['install', '-tags', goTags, `${goModule}/${program}@${goVersion}`], {
    env: { CGO_ENABLED: '0', GOBIN: folder },
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: 20 * 60_000,
  });
  return result.failed ? `go install: ${result.all?.trim().split('\n').at(-1) || result.shortMessage}` : undefined;
}

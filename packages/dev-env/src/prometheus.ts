import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { aptUnpack, findProgram, runnable, type Say } from './programs.ts';
import { root } from './root.ts';
import { SetupFailure } from './setup-failure.ts';
import { goTool } from './tools.ts';

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
  const found = await findProgram(program);
  if (found) return found;
  if (await runnable(unpacked)) return unpacked;
  const noPackage = await unpack(tools, say);
  if (await runnable(unpacked)) return unpacked;
  const wanted = { module: `${goModule}/${program}`, version: goVersion, flags: ['-tags', goTags] };
  return goTool(wanted, { say }).catch((error: Error) => {
    throw new SetupFailure(
      `The program "${program}" is missing, and it could not be had from here: ${noPackage}; ${error.message}.\n` +
        'Ways to get it:\n' +
        `  - apt-get install prometheus (as root)\n  - go install ${goModule}/${program}@${goVersion}\n` +
        '  - https://prometheus.io/download, unpacked into a folder on PATH',
    );
  });
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

/** Programs that checks and measurements need and few machines have: made once, of an exact version, in .flixtube/tools. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { aptInstall, findProgram, isThere, type Say } from './programs.ts';
import { root } from './root.ts';
import { SetupFailure } from './setup-failure.ts';

const folder = join(root, '.flixtube/tools');
const withinMs = 20 * 60_000;

/** What it takes to tell somebody about it, and to break it off. */
export interface Making {
  say: Say;
  signal?: AbortSignal | undefined;
}

/**
 * The path of a program that Go builds from a module: some minutes, once.
 * @param o.module of the program itself, such as `github.com/rhysd/actionlint/cmd/actionlint`
 * @param o.flags of `go install`; another version or other flags are another program only when `version` differs
 * @throws SetupFailure there is no Go, or it cannot build that
 */
export async function goTool(o: { module: string; version: string; flags?: string[] }, by: Making): Promise<string> {
  const program = basename(o.module);
  const wanted = `${o.module}@${o.version}`;
  const made = await once(`${program}-${o.version}`, async (unfinished) => {
    const go = await findProgram('go');
    if (!go) throw new SetupFailure(`${program} is missing, and so is Go to build it (https://go.dev/dl): ${wanted}`);
    by.say(`Building ${program} ${o.version} with Go: some minutes, this once`);
    const env = { CGO_ENABLED: '0', GOFLAGS: '', GOBIN: unfinished };
    await run(go, ['install', '-trimpath', ...(o.flags ?? []), wanted], by, env);
  });
  return join(made, program);
}

/**
 * The folder of a package of PyPI and of all that it needs. Its programs are in `bin`, and find the rest when PYTHONPATH
 * is that folder.
 * @throws SetupFailure there is no Python with pip, or it cannot install that
 */
export async function pythonPackage(o: { name: string; version: string }, by: Making): Promise<string> {
  const wanted = `${o.name}==${o.version}`;
  return once(`${o.name}-${o.version}`, async (unfinished) => {
    const python = await findProgram('python3');
    if (!python) throw new SetupFailure(`There is no python3 to install ${wanted} with`);
    by.say(`Installing ${wanted} from PyPI: a minute, this once`);
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore'];
    await run(python, ['-m', 'pip', 'install', ...quiet, '--target', unfinished, wanted], by);
  });
}

/** Go, installed by apt when it is missing and that is allowed. @throws SetupFailure */
export async function requireGo(say: Say): Promise<string> {
  const found = await findProgram('go');
  if (found) return found;
  const problem = await aptInstall('golang-go', say);
  const installed = await findProgram('go');
  if (!installed) throw new SetupFailure(`Go is missing (${problem}): https://go.dev/dl`);
  return installed;
}

/**
 * The folder of that name, made when it is not there. Under another name first: what is broken off, or made twice at the
 * same time, leaves no half of a tool.
 */
async function once(name: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  const made = join(folder, name);
  if (await isThere(made)) return made;
  const unfinished = `${made}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  try {
    await make(unfinished);
    await rename(unfinished, made).catch(async (error) => {
      if (!(await isThere(made))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return made;
}

async function run(program: string, args: string[], { signal }: Making, env: Record<string, string> = {}) {
  const result = await execa(program, args, {
    env,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: withinMs,
    ...(signal && { cancelSignal: signal }),
  });
  if (!result.failed) return;
  const why = result.all?.trim().split('\n').at(-1) || result.shortMessage;
  throw new SetupFailure(`${args.at(-1)} cannot be had: ${basename(program)}: ${why}`);
}

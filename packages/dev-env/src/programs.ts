import { access, constants, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { SetupFailure } from './setup-failure.ts';

/** Tells a person about a step. One line, without its end. */
export type Say = (line: string) => void;

// Debian leaves the sbin folders out of an ordinary user's PATH, and Go's own installer asks people to add its folder.
const beyondPath = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/go/bin'];

/** The absolute path of a program on PATH or in the folders where Debian and Go put theirs; undefined when missing. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...beyondPath];
  for (const folder of folders.filter(Boolean)) {
    const path = join(folder, name);
    if (await runnable(path)) return path;
  }
  return undefined;
}

/** Whether a file is there and may be run. */
export async function runnable(path: string): Promise<boolean> {
  return allows(path, constants.X_OK);
}

/** Whether a file is there and may be read. */
export async function isThere(path: string): Promise<boolean> {
  return allows(path, constants.R_OK);
}

async function allows(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/**
 * The program's path, installed by apt when missing and allowed.
 * @throws SetupFailure naming the program and each way to get it.
 */
export async function requireProgram(o: {
  program: string;
  aptPackage: string;
  /** Sentences on how else to get it. */
  otherWays?: string[];
  say: Say;
}): Promise<string> {
  const found = await findProgram(o.program);
  if (found) return found;
  const problem = await aptInstall(o.aptPackage, o.say);
  const installed = await findProgram(o.program);
  if (installed) return installed;
  const ways = [`apt-get install ${o.aptPackage} (as root)`, ...(o.otherWays ?? [])];
  throw new SetupFailure(
    `The program "${o.program}" is missing, and it could not be installed from here: ${problem ?? 'the package does not hold it'}.\n` +
      `Ways to get it:\n${ways.map((way) => `  - ${way}`).join('\n')}`,
  );
}

// apt-get refuses to run twice at once.
let lastInstall: Promise<unknown> = Promise.resolve();

/** Installs a Debian package where that is allowed without a password. Answers what kept it from doing so, if anything. */
export function aptInstall(aptPackage: string, say: Say): Promise<string | undefined> {
  const install = lastInstall.then(() => aptInstallNow(aptPackage, say));
  lastInstall = install;
  return install;
}

async function aptInstallNow(aptPackage: string, say: Say): Promise<string | undefined> {
  const apt = await findProgram('apt-get');
  if (!apt) return 'this is not a Debian machine (no apt-get)';
  const asRoot = await rootPrefix();
  if (!asRoot) return 'that needs root, or sudo without a password';
  say(`installing ${aptPackage} with apt-get`);
  const options = {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: 10 * 60_000,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  } as const;
  const lock = ['-o', 'DPkg::Lock::Timeout=120'];
  const [command = apt, ...prefix] = [...asRoot, apt];
  await execa(command, [...prefix, 'update', '-qq', ...lock], options);
  const result = await execa(command, [...prefix, 'install', '-y', '-qq', ...lock, aptPackage], options);
  return result.failed ? `apt-get failed: ${result.all?.trim().split('\n').at(-1) ?? result.shortMessage}` : undefined;
}

/**
 * Unpacks a Debian package into a folder, without installing it: nothing of it is run, no service of it is started, and
 * no root is needed. Answers what kept it from doing so, if anything.
 */
export async function aptUnpack(aptPackage: string, folder: string, say: Say): Promise<string | undefined> {
  const [apt, dpkg] = [await findProgram('apt-get'), await findProgram('dpkg-deb')];
  if (!apt || !dpkg) return 'this is not a Debian machine (no apt-get)';
  say(`unpacking ${aptPackage} of Debian`);
  const download = await mkdtemp(join(tmpdir(), 'flixtube-apt-'));
  const options = { reject: false, all: true, stdin: 'ignore', timeout: 5 * 60_000, cwd: download } as const;
  try {
    const fetched = await execa(apt, ['download', '-qq', aptPackage], options);
    const [file] = await readdir(download);
    if (fetched.failed || file === undefined) return `apt-get: ${fetched.all?.trim().split('\n').at(-1)}`;
    const unpacked = await execa(dpkg, ['--extract', file, folder], options);
    return unpacked.failed ? `dpkg-deb: ${unpacked.all?.trim().split('\n').at(-1)}` : undefined;
  } finally {
    await rm(download, { recursive: true });
  }
}

async function rootPrefix(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const sudo = await findProgram('sudo');
  if (!sudo) return undefined;
  const allowed = await execa(sudo, ['-n', 'true'], { reject: false, stdin: 'ignore' });
  return allowed.failed ? undefined : [sudo, '-n', '--preserve-env=DEBIAN_FRONTEND'];
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';
import { pythonPackage } from '@flixtube/dev-env/tools';
import { type Outcome, runCommand, type Step, type StepContext } from './steps.ts';

const source = join(root, 'infrastructure/terraform');
/** Of PyPI. A newer one knows more rules: raise it together with what it then finds. */
const checkovVersion = '3.3.30';
const minutes = 60_000;
const say = (line: string) => process.stderr.write(`${line}\n`);

/** What a working folder has of its own: the providers that init put there, and their checksums. */
const kept = ['.terraform', '.terraform.lock.hcl'];
const isOfGit = (name: string) => !kept.includes(name) && !/\.tfstate|\.tfplan$|_override\.tf$/.test(name);

type Check = 'passed' | 'failed' | 'left out';
/** Runs a command with its output passed through; whether it ended well. */
type Run = (command: string, args: string[], cwd: string) => Promise<boolean>;

/**
 * infrastructure/terraform, held to its form, its provider's schemas, its tests (Azure is played: no account is needed)
 * and the rules of checkov, which also looks for keys in all that sets the system up. What cannot be had (Terraform,
 * the providers, Python) is said and left out, and fails nothing but `npm test -- --complete`.
 */
export function terraform(): Step {
  const run = async (context: StepContext): Promise<Outcome> => {
    const checks = [...(await runTerraform(context)), ...(await runCheckov(context))];
    const count = (what: Check) => checks.filter((check) => check === what).length;
    return { passed: count('passed'), failed: count('failed'), leftOut: count('left out') };
  };
  return { name: 'terraform', group: 'static', run };
}

async function runTerraform(context: StepContext): Promise<Check[]> {
  const program = await findProgram('terraform');
  if (!program) {
    say('Left out: terraform fmt, validate and test. Terraform 1.11 or newer is not on PATH:');
    say('https://developer.hashicorp.com/terraform/install');
    return ['left out'];
  }
  const run = runner(context, { TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' });
  const form = check(await run(program, ['fmt', '-check', '-diff', '-recursive'], source));
  const folder = await workingFolder();
  const providers = await init(program, folder, context.signal);
  if (providers !== 'passed') return [form, providers];
  const test = async (environment: string, tests: string) => {
    const files = ['tests/people.tfvars', `environments/${environment}.tfvars`].map((file) => `-var-file=${file}`);
    return check(await run(program, ['test', '-no-color', ...files, `-test-directory=${tests}`], folder));
  };
  return [
    form,
    check(await run(program, ['validate', '-no-color'], folder)),
    await test('test', 'tests'),
    await test('production', 'tests/production'),
  ];
}

/** A copy in .flixtube, so that init leaves nothing in the repository; another one for other versions of the providers. */
async function workingFolder(): Promise<string> {
  const versions = createHash('sha256').update(await readFile(join(source, 'versions.tf')));
  const copies = join(root, '.flixtube/terraform', versions.digest('hex').slice(0, 12));
  const folder = join(copies, 'terraform');
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (!kept.includes(name)) await rm(join(folder, name), { recursive: true });
  }
  await cp(source, folder, { recursive: true, filter: (path) => path === source || isOfGit(basename(path)) });
  const rules = 'observability/prometheus/rules';
  await rm(join(copies, rules), { recursive: true, force: true });
  await cp(join(source, '..', rules), join(copies, rules), { recursive: true });
  return folder;
}

/** Gets the providers; from a registry that cannot be reached they cannot be had, which is nobody's mistake. */
async function init(program: string, folder: string, signal: AbortSignal): Promise<Check> {
  const args = ['init', '-backend=false', '-input=false', '-no-color'];
  try {
    await promisify(execFile)(program, args, { cwd: folder, signal, timeout: 3 * minutes });
    return 'passed';
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const unreachable = /Failed to (query available provider packages|install provider)/.test(stderr);
    if (signal.aborted || !unreachable || /no available releases match/.test(stderr)) {
      say(`${stdout}${stderr}`);
      return 'failed';
    }
    say('Left out: terraform validate and test. The providers of versions.tf cannot be had from here:');
    say(stderr.replace(/[│╷╵]/g, '').replace(/\n\s*\n/g, '\n'));
    return 'left out';
  }
}

/** The policy of infrastructure/terraform; and that no key stands in any file that sets the system up. */
async function runCheckov(context: StepContext): Promise<Check[]> {
  const wanted = { name: 'checkov', version: checkovVersion };
  const folder = await pythonPackage(wanted, { say, signal: context.signal }).catch((error: Error) => {
    say(`Left out: the policy check. ${error.message}`);
    return undefined;
  });
  if (!folder) return ['left out'];
  const program = join(folder, 'bin/checkov');
  const run = runner(context, { PYTHONPATH: folder });
  const policy = ['--config-file', '.checkov.yaml', '--directory', '.'];
  const folders = ['infrastructure', 'scripts', '.github'].filter((folder) => existsSync(join(root, folder)));
  const secrets = [
    '--framework',
    'secrets',
    '--enable-secret-scan-all-files',
    '--compact',
    '--quiet',
    '--skip-download',
  ];
  return [
    check(await run(program, policy, source)),
    check(await run(program, [...secrets, ...folders.flatMap((folder) => ['--directory', folder])], root)),
  ];
}

function runner({ env, signal }: StepContext, more: Record<string, string>): Run {
  return async (command, args, cwd) =>
    (await runCommand(command, args, { cwd, env: { ...env, ...more }, signal, withinMs: 10 * minutes })) === 0;
}

function check(endedWell: boolean): Check {
  return endedWell ? 'passed' : 'failed';
}

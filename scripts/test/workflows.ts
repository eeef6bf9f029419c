import path from 'node:path';
import { binFolder } from '@flixtube/dev-env/backends';
import { findProgram, runnable } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';
import { type Outcome, runCommand, type Step, type StepContext } from './steps.ts';

/** Newer ones know more rules: raise a version together with what it then finds. */
const actionlintVersion = '1.7.12';
const zizmorVersion = '1.32.0';
const minutes = 60_000;
const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * The workflows of .github held to GitHub's syntax (actionlint) and to what makes them safe (zizmor, of the files alone:
 * no account is needed). What cannot be had is said and left out, and fails nothing.
 */
export function workflows(): Step {
  const run = async (context: StepContext): Promise<Outcome> => {
    const checks = [await actionlint(context), await zizmor(context)];
    const count = (what: boolean) => checks.filter((passed) => passed === what).length;
    return { passed: count(true), failed: count(false) };
  };
  return { name: 'workflows', group: 'static', run };
}

type Check = Promise<boolean | undefined>;

/** Whether it found nothing; undefined where it cannot be had. Built by Go from its exact version: half a minute, once. */
async function actionlint(context: StepContext): Check {
  const folder = path.join(binFolder, `actionlint-${actionlintVersion}`);
  const program = path.join(folder, 'actionlint');
  if (!(await runnable(program))) {
    const go = await findProgram('go');
    const source = `github.com/rhysd/actionlint/cmd/actionlint@v${actionlintVersion}`;
    say(`Building actionlint ${actionlintVersion}`);
    if (!go || !(await succeeds(go, ['install', source], context, { GOBIN: folder, CGO_ENABLED: '0' }))) {
      say(`Left out: actionlint. It could not be built: go install ${source}`);
      return undefined;
    }
  }
  // Without shellcheck and pyflakes: what they find depends on which version a machine happens to have.
  return succeeds(program, ['-shellcheck=', '-pyflakes='], context);
}

/** The same; zizmor comes as a program in a package of PyPI. */
async function zizmor(context: StepContext): Check {
  const folder = path.join(root, '.flixtube/tools', `zizmor-${zizmorVersion}`);
  const program = path.join(folder, 'bin/zizmor');
  if (!(await runnable(program))) {
    const python = await findProgram('python3');
    const wanted = `zizmor==${zizmorVersion}`;
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore'];
    const args = ['-m', 'pip', 'install', ...quiet, '--no-deps', '--target', folder];
    say(`Installing ${wanted} from PyPI`);
    if (!python || !(await succeeds(python, [...args, '--upgrade', wanted], context))) {
      say(`Left out: zizmor. It could not be installed: pip install ${wanted}`);
      return undefined;
    }
  }
  return succeeds(program, ['--offline', '--no-progress', '--quiet', '.'], context);
}

async function succeeds(
  command: string,
  args: string[],
  { env, signal }: StepContext,
  more: Record<string, string> = {},
): Promise<boolean> {
  const all = { ...env, ...more };
  return (await runCommand(command, args, { cwd: root, env: all, signal, withinMs: 5 * minutes })) === 0;
}

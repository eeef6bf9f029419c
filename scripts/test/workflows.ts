import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { goTool, pythonPackage } from '@flixtube/dev-env/tools';
import { type Outcome, runCommand, type Step, type StepContext } from './steps.ts';

/** Newer ones know more rules: raise a version together with what it then finds. */
const actionlintVersion = '1.7.12';
const zizmorVersion = '1.32.0';
const minutes = 60_000;
const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * The workflows of .github held to GitHub's syntax (actionlint) and to what makes them safe (zizmor, of the files alone:
 * no account is needed). What cannot be had is said and left out.
 */
export function workflows(): Step {
  const run = async (context: StepContext): Promise<Outcome> => {
    const checks = [await actionlint(context), await zizmor(context)];
    const count = (what: boolean | undefined) => checks.filter((passed) => passed === what).length;
    return { passed: count(true), failed: count(false), leftOut: count(undefined) };
  };
  return { name: 'workflows', group: 'static', run };
}

type Check = Promise<boolean | undefined>;

/** Whether it found nothing; undefined where it cannot be had. */
async function actionlint(context: StepContext): Check {
  const module = 'github.com/rhysd/actionlint/cmd/actionlint';
  const program = await orLeftOut(
    goTool({ module, version: `v${actionlintVersion}` }, { say, signal: context.signal }),
  );
  // Without shellcheck and pyflakes: what they find depends on which version a machine happens to have.
  return program === undefined ? undefined : succeeds(program, ['-shellcheck=', '-pyflakes='], context);
}

/** The same; zizmor comes as a program in a package of PyPI. */
async function zizmor(context: StepContext): Check {
  const wanted = { name: 'zizmor', version: zizmorVersion };
  const folder = await orLeftOut(pythonPackage(wanted, { say, signal: context.signal }));
  if (folder === undefined) return undefined;
  return succeeds(path.join(folder, 'bin/zizmor'), ['--offline', '--no-progress', '--quiet', '.'], context);
}

async function orLeftOut(tool: Promise<string>): Promise<string | undefined> {
  return tool.catch((error: Error) => {
    say(`Left out: ${error.message}`);
    return undefined;
  });
}

async function succeeds(command: string, args: string[], { env, signal }: StepContext): Promise<boolean> {
  return (await runCommand(command, args, { cwd: root, env, signal, withinMs: 5 * minutes })) === 0;
}

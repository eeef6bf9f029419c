import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@flixtube/dev-env/programs';
import { root } from '@flixtube/dev-env/root';
import { goTool, type Making, pythonPackage } from '@flixtube/dev-env/tools';
import { kustomize } from '../release/rendered.ts';
import type { Outcome, Step, StepContext } from './steps.ts';

const kubeconform = { module: 'github.com/yannh/kubeconform/cmd/kubeconform', version: 'v0.8.0' };
/** Carries the schemas of Kubernetes itself, which kubeconform would otherwise fetch one by one. */
const schemas = { name: 'kubernetes-validate', version: '1.37.0', kubernetes: '1.35.0' };
const tools = path.join(root, '.flixtube/tools');
const execute = promisify(execFile);
const mostOutput = 16 * 2 ** 20;
const say = (line: string) => process.stderr.write(`${line}\n`);

/** What Kubernetes' own schemas do not know, and nobody here has: the kinds of operators. */
const skipped = [
  'Gateway',
  'HTTPRoute',
  'PodMonitor',
  'RabbitmqCluster',
  'ScaledObject',
  'SecretProviderClass',
  'TriggerAuthentication',
].join(',');

/** Every overlay, rendered and held to Kubernetes' schemas. What cannot be had for that is said, and left out. */
export function kubernetes(): Step {
  return { name: 'kubernetes', group: 'static', run };
}

async function run({ signal }: StepContext): Promise<Outcome> {
  const kubectl = await findProgram('kubectl');
  if (!kubectl) {
    say('kubectl is missing (https://kubernetes.io/docs/tasks/tools): the overlays are not rendered');
    return { passed: 0, failed: 0, leftOut: 1 };
  }
  const checker = await conformChecker({ say, signal }).catch((error: Error) => {
    say(
      `kubeconform cannot be had: the overlays are rendered, and not held to schemas\n${error.message.split('\n')[0]}`,
    );
    return undefined;
  });
  const outcome = { passed: 0, failed: 0, leftOut: checker ? 0 : 1 };
  for (const overlay of ['local', 'azure']) {
    const folder = path.join(root, 'infrastructure/kubernetes/overlays', overlay);
    try {
      const { stdout } = await execute(kubectl, [...kustomize, folder], { maxBuffer: mostOutput });
      const file = path.join(tools, `rendered-${overlay}.yaml`);
      await mkdir(tools, { recursive: true });
      await writeFile(file, stdout);
      if (checker) say(`${overlay}: ${await checker(file)}`);
      outcome.passed += 1;
    } catch (error) {
      const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
      say(`${overlay}:\n${stdout || stderr || message}`);
      outcome.failed += 1;
    }
  }
  return outcome;
}

async function conformChecker(by: Making): Promise<(file: string) => Promise<string>> {
  const program = (await findProgram('kubeconform')) ?? (await goTool(kubeconform, by));
  const folder = await hadSchemas(by);
  const location = `${folder}/{{.ResourceKind}}{{.KindSuffix}}.json`;
  const args = ['-strict', '-summary', '-skip', skipped, '-kubernetes-version', schemas.kubernetes];
  return async (file) => (await execute(program, [...args, '-schema-location', location, file])).stdout.trim();
}

/** The folder of the schemas, a file a kind. */
async function hadSchemas(by: Making): Promise<string> {
  const folder = path.join(tools, `kubernetes-schemas-${schemas.kubernetes}`);
  if (existsSync(folder)) return folder;
  const unpacked = await pythonPackage(schemas, by);
  const from = `kubernetes_validate/kubernetes-json-schema/v${schemas.kubernetes}-local-strict`;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished);
  for (const name of await readdir(path.join(unpacked, from))) {
    // They refer to one another by addresses that are nowhere: here they lie side by side.
    const { $id: _, ...schema } = JSON.parse(await readFile(path.join(unpacked, from, name), 'utf8'));
    await writeFile(
      path.join(unfinished, name),
      JSON.stringify(schema).replaceAll('"/api/_definitions.json', '"_definitions.json'),
    );
  }
  await rename(unfinished, folder);
  return folder;
}

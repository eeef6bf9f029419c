import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { kubernetes } from './kubernetes.ts';
import { check, jest, type Step } from './steps.ts';
import { terraform } from './terraform.ts';
import { workflows } from './workflows.ts';

/** Everything that CI runs, in this order: what is quickest to tell comes first. */
export function plan(): Step[] {
  return [
    check('types', 'tsc', []),
    check('web-types', 'tsc', ['-p', 'web']),
    check('lint', 'biome', ['check', '--error-on-warnings']),
    check('boundaries', 'npm', ['run', '--silent', 'boundaries']),
    check('unused', 'knip', []),
    terraform(),
    workflows(),
    kubernetes(),
    check('observability', 'node', ['scripts/observability/check.ts']),
    ...testedWorkspaces().map((workspace) => jest(workspace, 'unit')),
    jest('scripts', 'e2e'),
    jest('e2e', 'e2e'),
  ];
}

/**
 * The steps that the arguments name, by step or by group (static, unit, e2e), in the order of the plan.
 * Answers the names that mean nothing, too.
 */
export function chosen(steps: Step[], names: string[]): { steps: Step[]; unknown: string[] } {
  const means = (name: string, step: Step) => step.name === name || step.group === name;
  return {
    steps: names.length === 0 ? steps : steps.filter((step) => names.some((name) => means(name, step))),
    unknown: names.filter((name) => !steps.some((step) => means(name, step))),
  };
}

/** In this order. */
const packages = ['dev-env', 'chassis', 'contracts', 'webvtt'];

/** Every workspace that has tests of its own, packages before the services that stand on them. */
function testedWorkspaces(): string[] {
  const manifest: { workspaces: string[] } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return manifest.workspaces
    .flatMap((one) => (one === 'packages/*' ? packages.map((name) => `packages/${name}`) : [one]))
    .filter((one) => one !== 'e2e' && existsSync(join(root, one, 'jest.config.js')));
}

import { SetupFailure } from '@flixtube/dev-env/setup-failure';
import { parseCommandLine } from '../command-line.ts';
import { workspaces } from './standing-on.ts';

/** In the order in which they run. */
export const stepNames = ['lint', 'types', 'tests', 'image', 'sbom', 'scan', 'smoke', 'sign'] as const;
export type StepName = (typeof stepNames)[number];

export interface Options {
  /** Folder of the workspace, relative to the root. */
  workspace: string;
  only: readonly StepName[];
  dryRun: boolean;
  /** A missing program is a failure, where otherwise its step is left out. */
  complete: boolean;
  /** Registry and folder, such as `flixtube.azurecr.io/flixtube`, to which the image is pushed; else it stays here. */
  publish?: string;
  /** Where layers are kept between builds on different machines: GitHub's cache. */
  cache?: 'gha';
}

const usage = `npm run ci -w <workspace> [-- options]
  --only ${stepNames.join(',')}   just these steps
  --dry-run             says what would be run, and runs nothing
  --complete            a missing program is a failure; otherwise its step is left out, and that is said
  --publish <registry>  builds with provenance, pushes, and signs what has passed
  --cache gha           keeps layers in GitHub's cache`;

/** @throws SetupFailure with how the command is used; HelpWanted with that alone */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseCommandLine(usage, {
    args,
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      'dry-run': { type: 'boolean' },
      complete: { type: 'boolean' },
      publish: { type: 'string' },
      cache: { type: 'string' },
    },
  });
  const [workspace = ''] = positionals;
  if (positionals.length !== 1 || !workspaces().includes(workspace)) {
    throw new SetupFailure(`One workspace is wanted, of: ${workspaces().join(', ')}.\n${usage}`);
  }
  const only = values.only?.split(',') ?? stepNames;
  const unknown = only.filter((name) => !(stepNames as readonly string[]).includes(name));
  if (unknown.length > 0) throw new SetupFailure(`There is no step ${unknown.join(' or ')}.\n${usage}`);
  if (values.cache !== undefined && values.cache !== 'gha') throw new SetupFailure(`--cache takes gha.\n${usage}`);
  return {
    workspace,
    only: stepNames.filter((name) => only.includes(name)),
    dryRun: values['dry-run'] ?? false,
    complete: values.complete ?? false,
    ...(values.publish && { publish: values.publish.replace(/\/$/, '') }),
    ...(values.cache && { cache: values.cache }),
  };
}

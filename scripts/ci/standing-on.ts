/** What a workspace stands on, read from the package.json and Dockerfile files: nobody keeps a list of it by hand. */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { serviceNames } from '@flixtube/dev-env/services';

interface Manifest {
  name: string;
  workspaces?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** Every workspace's folder, relative to the root, in the order of package.json. */
export function workspaces(): string[] {
  const folders = manifestOf('.').workspaces ?? [];
  return folders.flatMap((one) =>
    globSync(`${one}/package.json`, { cwd: root })
      .map((file) => path.dirname(file))
      .sort(),
  );
}

/** Whether a workspace is a service: what has an image of its own, and is deployed. */
export function isService(workspace: string): boolean {
  return (serviceNames as readonly string[]).includes(workspace);
}

/**
 * The folders and files, relative to the root, of which a workspace, its tests and its image are made: itself, the
 * workspaces that it names in its package.json and those that they need to run, what its Dockerfile copies, and the
 * folders from which its files import by a path that leaves it.
 */
export function standsOn(workspace: string): string[] {
  const outside = [...copiedBy(path.join(workspace, 'Dockerfile')), ...importedBy(workspace)];
  const all = [workspace, ...neededBy(workspace, 'tested'), ...outside.map((one) => workspaceOf(one) ?? one)];
  return [...new Set(all)].sort();
}

/**
 * What a service's workflow watches, as `paths` of a GitHub workflow: what the service stands on, and what checks and
 * delivers it. Texts for people are in no image and change no test.
 */
export function watchedPaths(service: string): string[] {
  const all = [...standsOn(service), ...always, `.github/workflows/${service}.yaml`];
  const globs = [...new Set(all)].map((one) => (isFolder(one) ? `${one}/**` : one));
  return [...globs.sort(), '!**/*.md'];
}

/** What every service's checks, image and delivery are made of. */
const always = [
  '.dockerignore',
  '.github/actions',
  '.github/workflows/service.yaml',
  '.grype.yaml',
  '.npmrc',
  'biome.json',
  'jest.preset.js',
  'package-lock.json',
  'package.json',
  'scripts/ci',
  'scripts/command-line.ts',
  'scripts/start.mjs',
  'scripts/start/stopping.ts',
  'scripts/test/steps.ts',
  'tsconfig.json',
];

function neededBy(workspace: string, as: 'tested' | 'run', seen = new Set<string>()): string[] {
  const { dependencies, devDependencies } = manifestOf(workspace);
  const names = Object.keys({ ...dependencies, ...(as === 'tested' && devDependencies) });
  const direct = names.flatMap((name) => folderByName().get(name) ?? []).filter((folder) => !seen.has(folder));
  for (const folder of direct) seen.add(folder);
  return direct.flatMap((folder) => [folder, ...neededBy(folder, 'run', seen)]);
}

function folderByName(): Map<string, string> {
  return new Map(workspaces().map((folder) => [manifestOf(folder).name, folder]));
}

/** The sources of every COPY from the build's context: COPY [--flag...] <source>... <destination>. */
function copiedBy(dockerfile: string): string[] {
  if (!existsSync(path.join(root, dockerfile))) return [];
  const text = readFileSync(path.join(root, dockerfile), 'utf8').replaceAll(/\\\n/g, ' ');
  return [...text.matchAll(/^COPY\s+(.*)$/gm)]
    .map(([, words = '']) => words.trim().split(/\s+/))
    .filter((words) => !words.some((word) => word.startsWith('--from=')))
    .flatMap((words) => words.filter((word) => !word.startsWith('--')).slice(0, -1))
    .map((source) => path.posix.normalize(source).replace(/\/$/, ''));
}

function importedBy(workspace: string): string[] {
  return globSync(`${workspace}/{src,tests}/**/*.ts`, { cwd: root }).flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return [...text.matchAll(/ from '(\.\.\/[^']+)'/g)]
      .map(([, imported = '']) => path.join(path.dirname(file), path.dirname(imported)))
      .filter((folder) => folder !== workspace && !folder.startsWith(`${workspace}/`));
  });
}

/** The workspace in which a path lies; undefined for what lies in none. */
function workspaceOf(file: string): string | undefined {
  return workspaces().find((folder) => file === folder || file.startsWith(`${folder}/`));
}

function isFolder(file: string): boolean {
  return statSync(path.join(root, file)).isDirectory();
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
}

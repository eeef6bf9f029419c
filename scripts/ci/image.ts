/** The steps that make a service's image, look into it, and sign it. */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import type { Commands } from './commands.ts';
import type { Options } from './options.ts';
import { smokeTest } from './smoke.ts';
import { type Command, type PipelineStep, StepFailure } from './steps.ts';

/**
 * The steps of one image. Where it is published it is pushed first and signed last: what is scanned and started is the
 * very thing that will run, and what has failed stays in the registry unsigned, where no deployment takes it.
 */
export function imageSteps(
  o: Options,
  revision: string,
  commands: Commands,
  /** Of what the steps leave for each other and for whoever wants to look, relative to the root. */
  folder = path.join('.flixtube/ci', o.workspace),
): PipelineStep[] {
  const metadataFile = path.join(folder, 'image.json');
  const sbomFile = path.join(folder, 'sbom.spdx.json');
  const name = `${o.publish ?? 'flixtube'}/${o.workspace}`;
  const tag = o.publish ? `${name}:${revision}` : `${name}:ci`;
  const build = buildCommand(o, tag, revision, metadataFile);
  const source = o.publish ? 'registry' : 'docker';

  /** The image by the digest that the build has told, where it is in a registry. */
  const reference = async (): Promise<string> => {
    if (!o.publish) return tag;
    const metadata = await readFile(path.join(root, metadataFile), 'utf8').catch(() => {
      throw new StepFailure(`No image of ${o.workspace} has been published from here: the step image comes first`);
    });
    return `${name}@${JSON.parse(metadata)['containerimage.digest']}`;
  };
  const syft = (image: string): Command => ['syft', 'scan', `${source}:${image}`, '--output', `spdx-json=${sbomFile}`];
  const grype: Command = ['grype', `sbom:${sbomFile}`, '--config', '.grype.yaml'];
  const sign = (image: string): Command[] => [
    ['cosign', 'sign', '--yes', image],
    ['cosign', 'attest', '--yes', '--type', 'spdxjson', '--predicate', sbomFile, image],
  ];

  const steps: PipelineStep[] = [
    {
      name: 'image',
      shows: [build],
      programs: ['docker'],
      run: async () => {
        await mkdir(path.join(root, folder), { recursive: true });
        await commands.run(build);
        const image = await reference();
        if (process.env.GITHUB_OUTPUT) await appendFile(process.env.GITHUB_OUTPUT, `image=${image}\n`);
        return image;
      },
    },
    {
      name: 'sbom',
      shows: [syft(tag)],
      programs: ['syft'],
      run: async () => {
        await mkdir(path.join(root, folder), { recursive: true });
        await commands.run(syft(await reference()));
        return sbomFile;
      },
    },
    {
      name: 'scan',
      shows: [grype],
      programs: ['syft', 'grype'],
      run: async () => {
        await commands.run(grype);
        return undefined;
      },
    },
    {
      name: 'smoke',
      shows: [['docker', 'run', tag]],
      programs: ['docker'],
      run: async () => smokeTest(o.workspace, await reference(), commands),
    },
  ];
  if (!o.publish) return steps;
  const signing: PipelineStep = {
    name: 'sign',
    shows: sign(tag),
    programs: ['cosign', 'syft'],
    run: async () => {
      for (const command of sign(await reference())) await commands.run(command);
      return undefined;
    },
  };
  return [...steps, signing];
}

function buildCommand(o: Options, tag: string, revision: string, metadataFile: string): Command {
  const cache = `type=gha,scope=${o.workspace}`;
  return [
    ...(['docker', 'buildx', 'build'] as const),
    ...['--file', `${o.workspace}/Dockerfile`, '--metadata-file', metadataFile],
    ...['--label', `org.opencontainers.image.revision=${revision}`],
    // A cache that takes nothing makes the next build slow, and this one no worse.
    ...(o.cache ? ['--cache-from', cache, '--cache-to', `${cache},mode=max,ignore-error=true`] : []),
    ...(o.publish
      ? ['--provenance', 'mode=max', '--output', `type=image,name=${tag},push=true`]
      : ['--provenance', 'false', '--tag', tag, '--load']),
    '.',
  ];
}

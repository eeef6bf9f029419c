import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Commands } from '../ci/commands.ts';
import { imageSteps } from '../ci/image.ts';
import { readOptions } from '../ci/options.ts';
import { missingPrograms, pipelineOf } from '../ci/pipeline.ts';
import { smokeTest } from '../ci/smoke.ts';
import { asTyped, type Command } from '../ci/steps.ts';

const revision = '0123456789012345678901234567890123456789';
const digest = `sha256:${'a'.repeat(64)}`;
const nothing: Commands = { run: async () => undefined, output: async () => '' };

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

describe('the pipeline of a workspace', () => {
  const namesFor = (...args: string[]) =>
    pipelineOf(readOptions(args), revision, nothing, AbortSignal.any([])).map(({ name }) => name);

  test('of a service ends with its image, and with a signature only where it is published', () => {
    const here = ['lint', 'types', 'tests', 'image', 'sbom', 'scan', 'smoke'];
    expect(namesFor('metadata')).toEqual(here);
    expect(namesFor('metadata', '--publish', 'registry.example/flixtube')).toEqual([...here, 'sign']);
  });

  test('of what has no image ends with its tests, and of what has no tests with its types', () => {
    expect(namesFor('packages/webvtt')).toEqual(['lint', 'types', 'tests']);
    expect(namesFor('packages/contracts')).toEqual(['lint', 'types']);
  });

  test('is cut down to the steps that are named, in their own order', () => {
    expect(namesFor('history', '--only', 'smoke,image')).toEqual(['image', 'smoke']);
  });

  test.each([
    [[], 'One workspace is wanted'],
    [['nowhere'], 'One workspace is wanted'],
    [['metadata', '--only', 'deploy'], 'There is no step deploy'],
    [['metadata', '--cache', 'disk'], '--cache takes gha'],
    [['metadata', '--quickly'], 'There is no --quickly.'],
  ])('of %j is refused, with how the command is used', (args, why) => {
    expect(() => readOptions(args)).toThrow(why);
    expect(() => readOptions(args)).toThrow('npm run ci -w <workspace>');
  });

  test('tells which programs of a step are missing', async () => {
    const step = {
      name: 'scan',
      shows: [],
      programs: ['node', 'no-such-program'],
      run: async () => undefined,
    } as const;
    expect(await missingPrograms({ ...step, shows: [], programs: [...step.programs] })).toEqual(['no-such-program']);
  });
});

describe('an image that is published', () => {
  /** Runs all steps but the smoke test, and gives the commands as they were typed. */
  async function published(): Promise<string[]> {
    const folder = mkdtempSync(path.join(tmpdir(), 'flixtube-ci-'));
    ends.push(() => rmSync(folder, { recursive: true }));
    const typed: string[] = [];
    const commands: Commands = {
      ...nothing,
      run: async (command: Command) => {
        typed.push(asTyped(command).replaceAll(path.relative(root, folder), 'out'));
        if (command[0] === 'docker') {
          writeFileSync(path.join(folder, 'image.json'), JSON.stringify({ 'containerimage.digest': digest }));
        }
      },
    };
    const options = readOptions(['metadata', '--publish', 'registry.example/flixtube/', '--cache', 'gha']);
    const steps = imageSteps(options, revision, commands, path.relative(root, folder));
    for (const step of steps) if (step.name !== 'smoke') await step.run();
    return typed;
  }

  test('is built with provenance, scanned, and signed last, by the digest that the build told', async () => {
    const image = `registry.example/flixtube/metadata@${digest}`;
    const [build, ...rest] = await published();
    expect(build).toContain('--provenance mode=max');
    expect(build).toContain(`name=registry.example/flixtube/metadata:${revision},push=true`);
    expect(rest).toEqual([
      `syft scan registry:${image} --output spdx-json=out/sbom.spdx.json`,
      'grype sbom:out/sbom.spdx.json --config .grype.yaml',
      `cosign sign --yes ${image}`,
      `cosign attest --yes --type spdxjson --predicate out/sbom.spdx.json ${image}`,
    ]);
  });

  test('keeps its layers in a cache of its own, which may be out of order', async () => {
    const [build] = await published();
    expect(build).toContain(
      '--cache-from type=gha,scope=metadata --cache-to type=gha,scope=metadata,mode=max,ignore-error=true',
    );
  });
});

describe('the smoke test of an image', () => {
  /** docker with one container, whose port is that of a server here. */
  async function docker(o: { user?: string; live?: number; running?: string; exitCode?: string } = {}) {
    const server = createServer((req, res) => {
      res.writeHead(req.url === '/health/live' ? (o.live ?? 200) : 503).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const typed: string[] = [];
    const output = async (command: Command) => {
      const text = asTyped(command);
      typed.push(text);
      if (text.startsWith('docker port')) return `4001/tcp -> 0.0.0.0:${(server.address() as AddressInfo).port}`;
      if (text.startsWith('docker exec')) return o.user ?? '1000';
      if (text.includes('State.Running')) return o.running ?? 'true 0';
      if (text.includes('State.ExitCode')) return o.exitCode ?? '0';
      return 'id';
    };
    return { typed, commands: { ...nothing, output } };
  }

  test('starts it without rights and on a read-only disk, and removes it', async () => {
    const { typed, commands } = await docker();
    expect(await smokeTest('metadata', 'flixtube/metadata:ci', commands)).toMatch(/^alive in .* as user 1000/);
    expect(typed[0]).toContain('--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges');
    expect(typed.at(-1)).toBe('docker rm --force --volumes id');
  });

  test.each([
    ['runs as root', { user: '0' }, 'its process runs as user 0'],
    ['ends by itself', { running: 'false 1' }, 'it ended by itself with code 1'],
    ['has to be killed', { exitCode: '137' }, 'it ended with code 137 when it was asked to stop'],
  ])('fails when it %s, and removes it', async (_, behaviour, why) => {
    const { typed, commands } = await docker(behaviour);
    await expect(smokeTest('metadata', 'flixtube/metadata:ci', commands)).rejects.toThrow(why);
    expect(typed.at(-1)).toBe('docker rm --force --volumes id');
  });
});

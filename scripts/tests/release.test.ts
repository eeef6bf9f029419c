import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

describe('the commands that ship FlixTube', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'flixtube-release-'));
    await fake('docker', 'exit 0');
    await fake(
      'kubectl',
      'case "$*" in *"get secrets"*|*"get configmap"*) exit 1;; *kustomize*) echo "kind: List";; esac; exit 0',
    );
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A program in front of PATH that notes how it is called. */
  async function fake(name: string, script: string): Promise<void> {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\necho "${name} $*" >> ${folder}/calls\n${script}\n`);
    await chmod(file, 0o755);
  }

  const run = (command: string, ...args: string[]) =>
    new Promise<{ code: number; said: string }>((resolve) => {
      const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
      execFile(
        process.execPath,
        [`scripts/release/${command}.ts`, ...args],
        { cwd: root, env },
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
      );
    });
  const calls = async () =>
    (await readFile(path.join(folder, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  /** Of those that look at something and change nothing. */
  const changes = async () => (await calls()).filter((call) => !/config|get |kustomize/.test(call));

  it('build and push: an image a service, named for the registry', async () => {
    expect((await run('build', '--registry', 'r.example', '--tag', 'v1', 'gateway', 'history')).code).toBe(0);
    expect((await run('push', '--registry', 'r.example', '--tag', 'v1', 'gateway')).code).toBe(0);
    expect(await calls()).toEqual([
      'docker build --file history/Dockerfile --tag r.example/flixtube/history:v1 .',
      'docker build --file gateway/Dockerfile --tag r.example/flixtube/gateway:v1 .',
      'docker push r.example/flixtube/gateway:v1',
    ]);
  });

  it.each([
    ['build', []],
    ['push', ['--registry', 'r.example']],
    ['deploy', []],
    ['rollback', ['metadata']],
    ['remove', []],
    ['remove', ['--with-data']],
  ])('%s %j with --dry-run: says what it would do, and changes nothing', async (command, args) => {
    const { code, said } = await run(command, ...args, '--dry-run');
    expect(code).toBe(0);
    expect(said).toMatch(/^would run: (docker|kubectl) /m);
    expect(await changes()).toEqual([]);
  });

  it('deploy: secrets once, the overlay, and each service until it is ready; no secret is said', async () => {
    const { code, said } = await run('deploy');
    expect({ code, said }).toMatchObject({ code: 0 });
    const done = await changes();
    expect(done.slice(0, 2)).toEqual([
      'kubectl --namespace flixtube create --filename -',
      'kubectl --namespace flixtube apply --filename -',
    ]);
    expect(done.slice(2)).toHaveLength(7);
    expect(said).not.toMatch(/amqp:|mongodb:\/\/|AccountKey/);
  });

  it('deploy of one service: nothing else is applied', async () => {
    await run('deploy', '--image', 'r.example/flixtube/history@sha256:abc', 'history');
    expect((await changes()).filter((call) => call.includes('apply'))).toEqual([
      'kubectl --namespace flixtube apply --selector app.kubernetes.io/name in (settings, history) --filename -',
    ]);
    const rendered = JSON.parse(
      await readFile(path.join(root, '.flixtube/kubernetes/local/kustomization.yaml'), 'utf8'),
    );
    expect(rendered.images).toEqual([
      { name: 'flixtube/history', newName: 'r.example/flixtube/history', digest: 'sha256:abc' },
    ]);
  });

  it('deploy of one service to an environment that only the cluster knows: it is asked', async () => {
    const known = path.join(root, '.flixtube/kubernetes/known-there');
    await fake(
      'kubectl',
      `case "$*" in *"get configmap environment"*) echo '{"data":{"SITE_HOST":"v.example"}}';; esac`,
    );
    const args = ['--environment', 'known-there', '--image', 'r.example/flixtube/history@sha256:abc', 'history'];
    expect(await run('deploy', ...args)).toMatchObject({ code: 0 });
    const rendered = JSON.parse(await readFile(path.join(known, 'kustomization.yaml'), 'utf8'));
    // And noted nowhere: the next one asks again.
    expect(rendered.configMapGenerator).toEqual([
      { name: 'environment', namespace: 'flixtube', literals: ['SITE_HOST=v.example'] },
    ]);
    await rm(known, { recursive: true });
  });

  it('the first failure is the last thing done, and says how to go back', async () => {
    await fake('kubectl', 'case "$*" in *"rollout status deployment/metadata"*) exit 1;; esac; exit 0');
    const { code, said } = await run('deploy', 'metadata', 'gateway');
    expect(code).toBe(1);
    expect(said).toContain('npm run rollback -- metadata');
    expect((await changes()).filter((call) => call.includes('deployment/gateway'))).toEqual([]);
  });

  it.each([
    ['deploy', ['nobody'], /no service nobody/],
    ['deploy', ['--image', 'x'], /goes with one service/],
    ['deploy', ['--environment', '../x'], /lowercase/],
    ['deploy', ['--environment', 'test'], /Which images/],
    ['deploy', ['--environment', 'nowhere', '--registry', 'r', '--tag', 'v1'], /environment\.env is missing/],
    ['build', ['--yes'], /no --yes/],
    ['push', [], /Where to/],
    ['remove', [], /would remove.*--yes/],
    ['remove', ['--with-data', '--yes', 'gateway'], /goes with no service/],
  ])('%s %j: refused, and nothing is changed', async (command, args, words) => {
    const { code, said } = await run(command, ...args);
    expect(code).toBe(1);
    expect(said).toMatch(words);
    expect(await changes()).toEqual([]);
  });
});

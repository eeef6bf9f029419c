import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { serviceNames } from '@flixtube/dev-env/services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

describe('the commands that ship FlixTube', () => {
  let folder: string;
  const known = path.join(root, '.flixtube/kubernetes/known-there');
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'flixtube-release-'));
    await fake('docker', 'exit 0');
    await fake('kubectl', 'case "$*" in *"get secrets"*) exit 1;; *kustomize*) echo "kind: List";; esac; exit 0');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
    await rm(known, { recursive: true, force: true });
  });

  /** A program in front of PATH that notes how it is called. */
  async function fake(name: string, script: string): Promise<void> {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\necho "${name} $*" >> ${folder}/calls\n${script}\n`);
    await chmod(file, 0o755);
  }

  const run = (command: string, ...args: string[]) =>
    new Promise<{ code: number; said: string }>((resolve) => {
      const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, PROMETHEUS_URL: 'http://127.0.0.1:9' };
      const child = execFile(
        process.execPath,
        [`scripts/release/${command}.ts`, ...args],
        { cwd: root, env },
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
      );
      child.stdin?.end();
    });
  const calls = async () =>
    (await readFile(path.join(folder, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  /** Of those that look at something and change nothing. */
  const changes = async () => (await calls()).filter((call) => !/config|get |kustomize|inspect/.test(call));

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

  it('deploy to one node: pods are replaced when what was built under the same name is another', async () => {
    await fake('docker', 'case "$*" in *inspect*history*) echo sha256:abc;; *) exit 1;; esac');
    await run('deploy', '--dry-run');
    const { patches } = JSON.parse(
      await readFile(path.join(root, '.flixtube/kubernetes/local/kustomization.yaml'), 'utf8'),
    );
    expect(patches.map(({ patch }: { patch: string }) => JSON.parse(patch))).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'history' },
        spec: { template: { metadata: { annotations: { 'flixtube.io/image-id': 'sha256:abc' } } } },
      },
    ]);
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

  /** kubectl of a cluster that was told what it is, and in which these images run. */
  async function cluster(told: Record<string, string>, images: Record<string, string> = {}): Promise<void> {
    const running = Object.entries(images).map(([service, image]) => `${service} ${image};`);
    await fake(
      'kubectl',
      `case "$*" in *"get configmap environment"*) echo '${JSON.stringify({ data: told })}';;
       *"get deployments"*) printf '${running.join('')}';; esac; exit 0`,
    );
  }
  const kustomization = async () => JSON.parse(await readFile(path.join(known, 'kustomization.yaml'), 'utf8'));

  it('deploy of one service to an environment that only the cluster knows: it is asked', async () => {
    await cluster({ SITE_HOST: 'v.example' });
    const args = ['--environment', 'known-there', '--image', 'r.example/flixtube/history@sha256:abc', 'history'];
    expect(await run('deploy', ...args)).toMatchObject({ code: 0 });
    // And noted nowhere: the next one asks again.
    expect((await kustomization()).configMapGenerator).toEqual([
      { name: 'environment', namespace: 'flixtube', literals: ['ENVIRONMENT=known-there', 'SITE_HOST=v.example'] },
    ]);
  });

  const delivered = Object.fromEntries(serviceNames.map((name) => [name, `r.example/flixtube/${name}@sha256:${name}`]));

  it('deploy of all without an image: each service keeps the one that was delivered', async () => {
    await cluster({ ENVIRONMENT: 'known-there' }, delivered);
    expect(await run('deploy', '--environment', 'known-there')).toMatchObject({ code: 0 });
    const { images } = await kustomization();
    expect(images).toHaveLength(serviceNames.length);
    for (const { name, newName, digest } of images) {
      expect(`${newName}@${digest}`).toBe(delivered[name.replace('flixtube/', '')]);
    }
  });

  it('deploy of all with a tag: says what it takes the place of', async () => {
    await cluster({ ENVIRONMENT: 'known-there' }, delivered);
    const args = ['--environment', 'known-there', '--registry', 'r.example', '--tag', 'v2', '--dry-run'];
    const { code, said } = await run('deploy', ...args);
    expect(code).toBe(0);
    expect(said).toContain('history: r.example/flixtube/history@sha256:history -> r.example/flixtube/history:v2');
  });

  it('deploy of all without an image, where one does not run yet: refused', async () => {
    const { history: _, ...others } = delivered;
    await cluster({ ENVIRONMENT: 'known-there' }, others);
    const { code, said } = await run('deploy', '--environment', 'known-there');
    expect(code).toBe(1);
    expect(said).toContain('history does not run there yet');
    expect(await changes()).toEqual([]);
  });

  it('what Terraform has said is handed on to the cluster once, and lies here no longer', async () => {
    await mkdir(known, { recursive: true });
    const file = path.join(known, 'environment.env');
    await writeFile(file, 'SITE_HOST=new.example\n');
    await cluster({ ENVIRONMENT: 'known-there', SITE_HOST: 'old.example' }, delivered);
    await run('deploy', '--environment', 'known-there', '--dry-run');
    await run('deploy', '--environment', 'known-there', 'history');
    expect(existsSync(file)).toBe(true);
    await run('deploy', '--environment', 'known-there');
    expect((await kustomization()).configMapGenerator[0]).toMatchObject({ envs: ['environment.env'] });
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['deploy', []],
    ['deploy', ['--environment', 'test', '--registry', 'r.example', '--tag', 'v1']],
    ['rollback', ['--environment', 'test', 'gateway']],
    ['remove', ['--yes']],
    ['remove', ['--yes', '--with-data']],
    ['remove', ['--environment', 'test', '--yes', '--with-data']],
    ['../canary/main', ['--environment', 'test', '--image', 'r.example/flixtube/history@sha256:abc', 'history']],
  ])('%s %j where kubectl points at production: refused, and nothing is changed', async (command, args) => {
    await cluster({ ENVIRONMENT: 'production' });
    const { code, said } = await run(command, ...args);
    expect(code).toBe(1);
    expect(said).toMatch(/environment is production, and (local|test) is meant/);
    expect(await changes()).toEqual([]);
  });

  it.each([
    ['deploy', []],
    ['rollback', ['gateway']],
    ['remove', ['--yes', '--with-data']],
    ['../canary/main', ['--environment', 'production', '--image', 'r.example/history@sha256:abc', 'history']],
  ])(
    '%s %j where the cluster cannot be asked which one it is: refused, and nothing is changed',
    async (command, args) => {
      await fake('kubectl', 'case "$*" in *"get configmap"*) echo "i/o timeout" >&2; exit 1;; esac; exit 0');
      const { code, said } = await run(command, ...args);
      expect(code).toBe(1);
      expect(said).toMatch(/cannot be asked of it.*nothing is done.*i\/o timeout/s);
      expect(await changes()).toEqual([]);
    },
  );

  it.each(['build', 'push', 'deploy', 'rollback', 'remove', 'environment', '../canary/main', '../ci/main'])(
    '%s --help: how it is used, and nothing else',
    async (command) => {
      const { code, said } = await run(command, '--help');
      expect(code).toBe(0);
      expect(said).toMatch(/npm run .*-- /);
      expect(said).not.toMatch(/Unknown|There is no/);
      expect(await calls()).toEqual([]);
    },
  );

  it('push that fails: says what may be missing, and goes on with nothing', async () => {
    await fake('docker', 'exit 1');
    const { code, said } = await run('push', '--registry', 'r.azurecr.io', '--tag', 'v1');
    expect(code).toBe(1);
    expect(said).toMatch(/Was r\.azurecr\.io\/flixtube\/video-storage:v1 built.*az acr login --name r$/m);
    expect(await calls()).toHaveLength(1);
  });

  it('environment: what is not from Terraform is refused, with what to do', async () => {
    const { code, said } = await run('environment', '--environment', 'known-there');
    expect(code).toBe(1);
    expect(said).toContain('not what terraform output -json says');
  });

  it('the first failure is the last thing done, and says how to go back', async () => {
    await fake('kubectl', 'case "$*" in *"rollout status deployment/metadata"*) exit 1;; esac; exit 0');
    const { code, said } = await run('deploy', 'metadata', 'gateway');
    expect(code).toBe(1);
    expect(said).toContain('npm run rollback -- --environment local metadata');
    expect((await changes()).filter((call) => call.includes('deployment/gateway'))).toEqual([]);
  });

  it.each([
    ['deploy', ['nobody'], /no service nobody/],
    ['deploy', ['--image', 'x'], /goes with one service/],
    ['deploy', ['--environment', '../x'], /lowercase/],
    ['deploy', ['--environment', 'test'], /Which images/],
    ['deploy', ['--environment', 'test', '--tag', 'v1'], /Which images/],
    ['deploy', ['--environment', 'test', '--registry', 'r', '--tag', 'latest'], /Which images/],
    ['deploy', ['--environment', 'nowhere', '--registry', 'r', '--tag', 'v1'], /environment\.env is missing/],
    ['build', ['--yes'], /no --yes/],
    ['build', ['--registry', 'https://r.example'], /without https:\/\//],
    ['deploy', ['--image', 'history; rm -rf .', 'history'], /is no name of an image/],
    ['build', ['--quickly'], /^There is no --quickly\.\nnpm run build -- /],
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

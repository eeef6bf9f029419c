import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '@flixtube/dev-env/root';
import { serviceNames } from '@flixtube/dev-env/services';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { stepNames } from '../ci/options.ts';
import { standsOn, watchedPaths } from '../ci/standing-on.ts';

const folder = path.join(root, '.github/workflows');
const text = (file: string) => readFileSync(path.join(folder, file), 'utf8');
const workflow = (file: string) => parse(text(file), { merge: true });
const all = readdirSync(folder);

describe('what a service stands on', () => {
  test('is itself, the packages that it and its tests need, and what those need to run', () => {
    const needed = ['packages/chassis', 'packages/contracts', 'packages/dev-env', 'packages/webvtt'];
    const files = ['.npmrc', 'package-lock.json', 'package.json'];
    expect(standsOn('video-streaming')).toEqual([...files, ...needed, 'video-streaming']);
  });

  test('is also what its Dockerfile copies and its tests import: the web app and the documents of the gateway', () => {
    expect(standsOn('gateway')).toEqual(expect.arrayContaining(['web', 'docs/openapi.json', 'scripts/docs']));
    expect(standsOn('metadata')).not.toContain('web');
  });
});

describe("a service's workflow", () => {
  test.each(serviceNames)('of %s runs when what it stands on changes, and only then', (service) => {
    const { on } = workflow(`${service}.yaml`);
    const paths = watchedPaths(service);
    expect(on.push).toEqual({ branches: ['main'], paths });
    expect(on.pull_request).toEqual({ paths });
  });

  test.each(serviceNames)('of %s says nothing but which service it is', (service) => {
    const { jobs, permissions } = workflow(`${service}.yaml`);
    expect(permissions).toEqual({});
    expect(jobs.deliver.uses).toBe('./.github/workflows/service.yaml');
    expect(jobs.deliver.with.service).toBe(service);
    expect(Object.keys(jobs)).toEqual(['deliver']);
  });
});

describe('two commits on main', () => {
  test.each(serviceNames)(
    'of %s do not wait for one another until an environment: approval may take days',
    (service) => {
      const { concurrency } = workflow(`${service}.yaml`);
      expect(concurrency.group).toContain("github.event_name == 'pull_request' && github.ref || github.run_id");
    },
  );
});

describe('the workflow of all services', () => {
  const { jobs } = workflow('service.yaml');
  const stepsOf = (job: { steps: { run?: string }[] }) =>
    job.steps.flatMap(({ run }) => /npm run ci .*--only (\S+)/.exec(run ?? '')?.[1]?.split(',') ?? []);

  test('goes through every step of npm run ci before anything is deployed, and leaves none out', () => {
    expect([...stepsOf(jobs.check), ...stepsOf(jobs.publish)]).toEqual(stepNames);
    for (const job of [jobs.check, jobs.publish, jobs.image]) {
      expect(job.steps.some(({ run }: { run?: string }) => run?.includes('--complete'))).toBe(true);
    }
    expect([jobs.image.needs, jobs.publish.needs, jobs.test.needs]).toEqual(['check', 'check', 'publish']);
  });

  test('deploys to production only what has passed in the test environment, and by an environment of its own', () => {
    expect(jobs.production.needs).toContain('test');
    expect(jobs.production.environment.name).toBe('production');
  });

  test('brings one version at a time to an environment, and never breaks that off for another', () => {
    for (const name of ['test', 'production']) {
      expect(jobs[name].concurrency).toEqual({
        group: `${name}-\${{ inputs.service }}`,
        'cancel-in-progress': false,
      });
    }
  });

  test('has a canary hear that its job is cancelled: neither a shell nor npm passes the signal on', () => {
    const steps: { run?: string }[] = jobs.production.steps;
    expect(steps.find(({ run }) => run?.includes(' canary '))?.run).toMatch(/^exec node scripts\/start\.mjs canary /m);
  });

  test('gives a token of Azure to no job of a pull request', () => {
    const withToken = Object.keys(jobs).filter((name) => jobs[name].permissions['id-token']);
    expect(withToken).toEqual(['publish', 'test', 'production']);
    expect(jobs.publish.if).toContain("github.event_name != 'pull_request'");
  });

  test('runs on the backends of docker-compose.yaml', () => {
    const compose = parse(readFileSync(path.join(root, 'docker-compose.yaml'), 'utf8'), { merge: true });
    for (const [name, { image }] of Object.entries<{ image: string }>(jobs.check.services)) {
      expect(image).toBe(compose.services[name].image);
    }
  });
});

describe('the workflow of what is in Azure', () => {
  const { on, jobs } = workflow('infrastructure.yaml');

  test('runs when anything changes that Terraform reads, the rules of alerts beside it too', () => {
    const terraform = path.join(root, 'infrastructure/terraform');
    const read = readdirSync(terraform)
      .filter((name) => name.endsWith('.tf'))
      .flatMap((name) => [
        ...readFileSync(path.join(terraform, name), 'utf8').matchAll(/path\.module}\/\.\.\/([\w/-]+)/g),
      ])
      .map(([, folder]) => `infrastructure/${folder}/**`);
    expect(read).not.toHaveLength(0);
    expect(on.push.paths).toEqual(expect.arrayContaining(['infrastructure/terraform/**', ...read]));
    expect(on.pull_request.paths).toEqual(on.push.paths);
  });

  test("gives people's own values the last word, where both they and the environment have one", () => {
    const commands = Object.values<{ steps: { run?: string }[] }>(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => run?.split('\n').filter((line) => /terraform (plan|apply)/.test(line)) ?? []),
    );
    expect(commands).toHaveLength(2);
    for (const command of commands)
      expect(command).toMatch(/environments\/\$ENVIRONMENT\.tfvars" -var-file=values\.tfvars\.json/);
  });

  test('leaves no check out, and neither does that of the whole system', () => {
    const runs = [...jobs.check.steps, ...workflow('whole.yaml').jobs.test.strategy.matrix.include];
    expect(JSON.stringify(runs)).toContain('npm test -- --complete terraform');
    expect(runs).toContainEqual({ command: 'test', arguments: '--complete' });
  });
});

describe('every workflow', () => {
  test('has a limit of time for each job, and begins with no permission', () => {
    for (const file of all) {
      const { jobs, permissions } = workflow(file);
      expect(permissions).toEqual({});
      for (const job of Object.values<Record<string, unknown>>(jobs)) {
        expect({ file, limit: job.uses ? 'of its own' : typeof job['timeout-minutes'] }).toEqual({
          file,
          limit: job.uses ? 'of its own' : 'number',
        });
      }
    }
  });

  test('takes an action of others by its commit, and says which version that is', () => {
    const taken = all.flatMap((file) => [...text(file).matchAll(/uses: (?!\.\/)(.*)$/gm)].map(([, action]) => action));
    expect(taken.length).toBeGreaterThan(10);
    for (const action of taken) expect(action).toMatch(/@[0-9a-f]{40} # v\d+(\.\d+)+$/);
  });
});

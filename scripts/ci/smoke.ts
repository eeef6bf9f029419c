/** Whether an image can be started at all, as it will be in production: alone, without rights, on a read-only disk. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Commands } from './commands.ts';
import { StepFailure } from './steps.ts';

const startWithinMs = 30_000;
const stopWithinSeconds = 20;

// Nothing answers there: a service starts all the same, and says in its readiness what is missing.
const nowhere = 'http://127.0.0.1:9';
const settings = {
  // checkov:skip=CKV_SECRET_6:it signs what nobody reads
  IDENTITY_SECRET: 'of-a-smoke-test-and-nothing-else-0000',
  COOKIE_SECRET: 'of-a-smoke-test-and-nothing-else-0000',
  RABBITMQ_URL: 'amqp://127.0.0.1:9',
  MONGODB_URL: 'mongodb://127.0.0.1:9',
  AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=nobody;AccountKey=bm9ib2R5;BlobEndpoint=${nowhere}/nobody;`,
};

/** What a service writes to beside /tmp. */
const writable: Record<string, string> = { 'video-processing': '/var/flixtube' };

/**
 * Starts the image and holds it to: GET /health/live answers 200, GET /health/ready answers whether it is, its process
 * is not root's, and it ends by itself with code 0 when asked to.
 * @throws StepFailure with what it did instead, and the end of its log
 */
export async function smokeTest(service: string, image: string, commands: Commands): Promise<string> {
  const docker = (...args: string[]) => commands.output(['docker', ...args]);
  const volume = writable[service];
  const id = await docker(
    ...['run', '--detach', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
    ...['--security-opt', 'no-new-privileges', '--publish-all'],
    ...(volume ? ['--mount', `type=volume,destination=${volume}`] : []),
    ...Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    image,
  );
  try {
    const startedAt = performance.now();
    const address = `http://${await publishedAddress(docker, id)}`;
    await answersLive(docker, id, address);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    const { status } = await get(`${address}/health/ready`);
    if (status !== 200 && status !== 503) throw new StepFailure(`GET /health/ready answered ${status}`);
    const user = await docker('exec', id, 'sh', '-c', "sed -n 's/^Uid:\\t\\([0-9]*\\).*/\\1/p' /proc/1/status");
    if (!/^[1-9]\d*$/.test(user)) throw new StepFailure(`its process runs as user ${user || 'unknown'}`);
    await docker('stop', '--time', String(stopWithinSeconds), id);
    const code = await docker('inspect', '--format', '{{.State.ExitCode}}', id);
    if (code !== '0') throw new StepFailure(`it ended with code ${code} when it was asked to stop`);
    return `alive in ${seconds} s as user ${user}, and ended when asked to`;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const log = await docker('logs', '--tail', '20', id).catch(() => '');
    throw new StepFailure(`${image}: ${error.message}\n${log}`);
  } finally {
    await docker('rm', '--force', '--volumes', id);
  }
}

type Docker = (...args: string[]) => Promise<string>;

/** `127.0.0.1:32768`: where this machine reaches the one port that the image exposes. */
async function publishedAddress(docker: Docker, id: string): Promise<string> {
  const ports = await docker('port', id);
  const port = /-> (?:0\.0\.0\.0|127\.0\.0\.1):(\d+)/.exec(ports)?.[1];
  if (!port) throw new StepFailure('no port of it is published: EXPOSE is missing, or it has ended');
  return `127.0.0.1:${port}`;
}

async function answersLive(docker: Docker, id: string, address: string): Promise<void> {
  const deadline = Date.now() + startWithinMs;
  let last = 'nothing';
  while (Date.now() < deadline) {
    const running = await docker('inspect', '--format', '{{.State.Running}} {{.State.ExitCode}}', id);
    if (!running.startsWith('true')) throw new StepFailure(`it ended by itself with code ${running.split(' ')[1]}`);
    const answer = await get(`${address}/health/live`).catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.ok) return;
    last = answer instanceof Error ? answer.message : String(answer.status);
    await sleep(200);
  }
  throw new StepFailure(`GET /health/live has not answered 200 within ${startWithinMs / 1_000} s, but ${last}`);
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  await response.body?.cancel();
  return response;
}

/**
 * Backends as a process of their own: `node src/main.ts '{"needs":["rabbitmq"],"dataFolder":"..."}'`.
 * Prints one JSON line, {env} or {failure}, and runs until SIGTERM or SIGINT, or until its standard input ends: whoever
 * started it may die in any way, and nothing is left running.
 */
import { rm } from 'node:fs/promises';
import { type BackendPorts, ensureBackends, type Need } from './backends.ts';
import { messageOf } from './setup-failure.ts';

interface Request {
  needs: Need[];
  dataFolder: string;
  ports?: Partial<BackendPorts>;
  /** Removes the data at the end. */
  temporary?: boolean;
  /** Runs on when standard input ends. */
  detached?: boolean;
}

const request: Request = JSON.parse(process.argv[2] ?? '{}');
const over = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => over.abort());
if (!request.detached) {
  process.stdin.resume();
  process.stdin.once('end', () => over.abort());
}

try {
  const backends = await ensureBackends({
    ...request,
    signal: over.signal,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify({ env: backends.env })}\n`);
  if (!over.signal.aborted) await new Promise((resolve) => over.signal.addEventListener('abort', resolve));
  await backends.stop();
} catch (error) {
  if (!over.signal.aborted) {
    process.stdout.write(`${JSON.stringify({ failure: messageOf(error) })}\n`);
    process.exitCode = 1;
  }
} finally {
  if (request.temporary) await rm(request.dataFolder, { recursive: true, force: true });
  process.stdin.unref();
}

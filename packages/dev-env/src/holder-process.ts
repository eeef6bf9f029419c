/**
 * Backends as a process of their own: `node src/holder-process.ts '{"needs":["rabbitmq"],"dataFolder":"..."}'`.
 * Prints one JSON line, {env} or {failure}, and runs until SIGTERM or SIGINT, or until its standard input ends: whoever
 * started it may die in any way, and nothing is left running.
 */
import { rm } from 'node:fs/promises';
import { ensureBackends } from './backends.ts';
import type { HolderRequest } from './holder.ts';
import { messageOf } from './setup-failure.ts';

/** `detached`: runs on when standard input ends. */
const request: HolderRequest & { detached?: boolean } = JSON.parse(process.argv[2] ?? '{}');
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
  await backends.stop({ atOnce: request.temporary === true });
} catch (error) {
  if (!over.signal.aborted) {
    process.stdout.write(`${JSON.stringify({ failure: messageOf(error) })}\n`);
    process.exitCode = 1;
  }
} finally {
  if (request.temporary) await rm(request.dataFolder, { recursive: true, force: true });
  process.stdin.unref();
}

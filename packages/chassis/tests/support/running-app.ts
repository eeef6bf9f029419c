import { once } from 'node:events';
import { connect } from 'node:net';
import type { Router } from 'express';
import { Secret } from '../../src/config.ts';
import { type AppOptions, createApp } from '../../src/http.ts';
import { createIdentity, type Identity } from '../../src/identity.ts';
import { createLogger, type Logger } from '../../src/logger.ts';
import { createService, type Resource, type Service } from '../../src/service.ts';

export type LogLine = Record<string, unknown> & { level: string; msg: string };

/** A logger whose lines can be looked at. */
export function collectingLogger(): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { logger: createLogger({ service: 'test', level: 'debug', destination }), lines };
}

export const testSecret = new Secret('only-for-tests-and-long-enough-for-them');

export interface RunningApp {
  url: string;
  port: number;
  lines: LogLine[];
  identity: Identity;
  service: Service;
  close(): Promise<void>;
}

/** The chassis' app around `routers`, listening on a port of its own. */
export async function runApp(
  routers: Router[],
  options: Partial<Omit<AppOptions, 'routers'>> & {
    resources?: Resource[];
    shutdownSeconds?: number;
    port?: number;
  } = {},
): Promise<RunningApp> {
  const { resources = [], shutdownSeconds = 5, port = 0, ...appOptions } = options;
  const { logger, lines } = collectingLogger();
  const identity = createIdentity({ secret: testSecret, service: 'test' });
  const service = createService({
    name: 'test',
    host: '127.0.0.1',
    port,
    shutdownSeconds,
    logger,
    resources,
    app: (health) => createApp({ logger, identity, health, routers, ...appOptions }),
  });
  await service.start();
  return {
    url: service.url,
    port: Number(new URL(service.url).port),
    lines,
    identity,
    service,
    close: () => service.stop({ hasten: true }),
  };
}

/** Sends `text` as it is, and gives all that came back until the connection was closed. */
export async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(text);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

/** The next line of the log that `matches`, waiting for it where it is not there yet. */
export async function logged(lines: LogLine[], matches: (line: LogLine) => boolean): Promise<LogLine> {
  for (;;) {
    const found = lines.find(matches);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A process that every message kills. Its argument: JSON {url, service, deliveryLimit}. */
import { createLogger } from '../../src/logger.ts';
import { createBroker } from '../../src/messaging.ts';
import { thing } from './events.ts';

const o = JSON.parse(process.argv[2] ?? '{}') as { url: string; service: string; deliveryLimit: number };
const broker = createBroker({ ...o, logger: createLogger({ service: o.service, level: 'silent' }) });
broker.subscribe({
  event: thing,
  handle: async () => {
    process.kill(process.pid, 'SIGKILL');
  },
});
await broker.start();

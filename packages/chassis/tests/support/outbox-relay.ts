/**
 * A process that relays one outbox and is killed, as by the machine, after the first event has been confirmed and
 * before it is pulled out of its document. Its argument: JSON {rabbitmqUrl, mongodbUrl, database, collection}.
 */
import { createLogger } from '../../src/logger.ts';
import { createBroker } from '../../src/messaging.ts';
import { connectMongo } from '../../src/mongo.ts';
import { createOutbox } from '../../src/outbox.ts';

const o = JSON.parse(process.argv[2] ?? '{}') as Record<
  'rabbitmqUrl' | 'mongodbUrl' | 'database' | 'collection',
  string
>;
const logger = createLogger({ service: 'relay', level: 'silent' });
const broker = createBroker({ url: o.rabbitmqUrl, service: 'relay', logger });
const mongo = connectMongo({ url: o.mongodbUrl, database: o.database, logger });
const outbox = createOutbox({
  collection: mongo.db.collection(o.collection),
  broker: {
    ...broker,
    publish: async (event) => {
      await broker.publish(event);
      process.kill(process.pid, 'SIGKILL');
    },
  },
  logger,
});
await broker.start();
await outbox.start();

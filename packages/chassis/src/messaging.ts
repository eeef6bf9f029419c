/** Events between services: written, published, consumed. */
export { type Broker, type BrokerOptions, createBroker } from './messaging/broker.ts';
export { type EventContract, type FlixEvent, newEvent } from './messaging/event.ts';
export { NotKnownHere, type RetryPolicy } from './messaging/failures.ts';

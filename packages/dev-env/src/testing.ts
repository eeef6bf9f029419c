/** What service tests use to have a broker, a database and a blob container of their own on shared real backends. */
export { type TestBroker, testBroker } from './testing/broker.ts';
export { type TestContainer, testContainer } from './testing/container.ts';
export { type TestDatabase, testDatabase } from './testing/database.ts';
export { type DeadLetter, type EventProbe, eventProbe, type ProbedEvent } from './testing/event-probe.ts';
export { startProxy, type TcpProxy } from './testing/proxy.ts';
export { type TestVhost, testVhost } from './testing/vhost.ts';

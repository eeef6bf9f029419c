import { playbackProgressed } from '@flixtube/contracts/events/playback-progressed';
import { videoChanged } from '@flixtube/contracts/events/video-changed';
import { videoDeleted } from '@flixtube/contracts/events/video-deleted';
import { videoProcessed } from '@flixtube/contracts/events/video-processed';
import { videoProcessingFailed } from '@flixtube/contracts/events/video-processing-failed';
import { videoProcessingProgressed } from '@flixtube/contracts/events/video-processing-progressed';
import { videoProcessingRequested } from '@flixtube/contracts/events/video-processing-requested';
import { videoUploaded } from '@flixtube/contracts/events/video-uploaded';
import { videoViewed } from '@flixtube/contracts/events/video-viewed';
import { z } from 'zod';

interface DocumentedEvent {
  event: { type: string; data: z.ZodType };
  summary: string;
  publishedBy: string;
  /** Each has a durable quorum queue `<service>.<event>` that its replicas share. */
  consumedBy: string[];
  /** Every replica of each hears it, on a queue that lives as long as its connection. */
  heardBy?: string[];
}

/** Every event there is, who says it and who listens. */
const events: DocumentedEvent[] = [
  {
    event: videoUploaded,
    summary: 'A video is stored whole and will not be lost any more',
    publishedBy: 'video-upload',
    consumedBy: ['metadata', 'video-processing'],
  },
  {
    event: videoProcessingRequested,
    summary: 'Its owner wants a video to be processed again; the id of the event names the new processing',
    publishedBy: 'metadata',
    consumedBy: ['video-processing'],
    heardBy: ['video-processing'],
  },
  {
    event: videoProcessingProgressed,
    summary: 'More of a video has been processed',
    publishedBy: 'video-processing',
    consumedBy: ['metadata'],
  },
  {
    event: videoProcessed,
    summary: 'A video is processed to its end',
    publishedBy: 'video-processing',
    consumedBy: ['metadata'],
  },
  {
    event: videoProcessingFailed,
    summary: 'A video could not be processed, and that will not change by itself',
    publishedBy: 'video-processing',
    consumedBy: ['metadata'],
    heardBy: ['video-processing'],
  },
  {
    event: videoChanged,
    summary: 'What others need to know of a video whose catalogue entry changed',
    publishedBy: 'metadata',
    consumedBy: ['history'],
    heardBy: ['video-streaming'],
  },
  {
    event: videoDeleted,
    summary: 'A video is gone from the catalogue: everyone who keeps something of it lets it go',
    publishedBy: 'metadata',
    consumedBy: ['video-storage', 'video-processing', 'history'],
    heardBy: ['video-streaming', 'video-processing'],
  },
  {
    event: playbackProgressed,
    summary: 'A player got further',
    publishedBy: 'video-streaming',
    consumedBy: ['history'],
  },
  {
    event: videoViewed,
    summary: 'A view that counts, once',
    publishedBy: 'history',
    consumedBy: ['metadata'],
  },
];

const exchange = { name: 'flixtube.events', type: 'topic', durable: true, autoDelete: false };

/** The events between services: AsyncAPI 3.0, generated from the zod schemas of packages/contracts. */
export function asyncApi(): Record<string, unknown> {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'FlixTube events',
      version: '1.0.0',
      license: { name: 'MIT' },
      description: [
        'One durable topic exchange, `flixtube.events`; the routing key is the name of the event, in the past tense.',
        'A message is a CloudEvent 1.0 in JSON, published persistently and mandatory, with publisher confirms. `traceparent` (W3C) travels in the AMQP headers.',
        'Each consuming service has one durable quorum queue an event, `<service>.<event>`. It gets each event at least once and applies it exactly once. What can never be handled ends in `flixtube.dead-letters` with its reason.',
      ].join('\n\n'),
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(events.map(channelOf)),
    operations: Object.fromEntries(events.flatMap(operationsOf)),
    components: {
      messages: Object.fromEntries(events.map(messageOf)),
      schemas: Object.fromEntries(events.flatMap(schemasOf)),
    },
  };
}

function channelOf({ event: { type }, summary }: DocumentedEvent) {
  const channel = {
    address: type,
    summary,
    messages: { [nameOf(type)]: { $ref: `#/components/messages/${nameOf(type)}` } },
    bindings: { amqp: { is: 'routingKey', exchange, bindingVersion: '0.3.0' } },
  };
  return [type, channel];
}

function operationsOf({ event: { type }, publishedBy, consumedBy, heardBy = [] }: DocumentedEvent) {
  const operation = (service: string, action: 'send' | 'receive', summary: string, verb: string = action) => [
    `${service}.${verb}.${type}`.replaceAll('.', '-'),
    {
      action,
      channel: { $ref: `#/channels/${type}` },
      title: `${service}: ${type}`,
      summary,
      tags: [{ name: service }],
      messages: [{ $ref: `#/channels/${type}/messages/${nameOf(type)}` }],
      ...(action === 'send'
        ? { bindings: { amqp: { deliveryMode: 2, mandatory: true, bindingVersion: '0.3.0' } } }
        : { bindings: { amqp: { ack: true, bindingVersion: '0.3.0' } } }),
    },
  ];
  return [
    operation(publishedBy, 'send', `Published by ${publishedBy}`),
    ...consumedBy.map((service) =>
      operation(service, 'receive', `Consumed by ${service}, from the queue ${service}.${type}`),
    ),
    ...heardBy.map((service) => operation(service, 'receive', `Heard by every replica of ${service}`, 'hear')),
  ];
}

function messageOf({ event: { type }, summary }: DocumentedEvent) {
  const name = nameOf(type);
  const message = {
    name: type,
    title: name,
    summary,
    contentType: 'application/cloudevents+json',
    headers: {
      type: 'object',
      properties: { traceparent: { type: 'string', description: 'W3C Trace Context of the change that caused it' } },
    },
    payload: envelopeOf(type, { $ref: `#/components/schemas/${name}` }),
  };
  return [name, message];
}

/** CloudEvents 1.0 §3.1 and JSON event format. */
function envelopeOf(type: string, data: unknown) {
  return {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'time', 'subject', 'datacontenttype', 'data'],
    properties: {
      specversion: { type: 'string', const: '1.0' },
      id: { type: 'string', description: 'Unique: consumers tell repeats by it' },
      source: { type: 'string', description: 'The service that says so' },
      type: { type: 'string', const: type },
      time: { type: 'string', format: 'date-time' },
      subject: { type: 'string', description: "The video's id" },
      datacontenttype: { type: 'string', const: 'application/json' },
      data,
    },
  };
}

/**
 * Draft 7 is the JSON Schema that AsyncAPI's own schema object extends. What an event and its reader share by name becomes
 * a schema of the document.
 */
function schemasOf({ event }: DocumentedEvent): [string, unknown][] {
  const converted = z.toJSONSchema(event.data, { target: 'draft-7', io: 'input' });
  const text = JSON.stringify(converted).replaceAll('#/definitions/', '#/components/schemas/');
  const { $schema: _, definitions = {}, ...schema } = JSON.parse(text) as Record<string, unknown>;
  const shared = Object.entries(definitions as Record<string, Record<string, unknown>>).map(
    ([name, { id: __, $id: ___, ...definition }]): [string, unknown] => [name, definition],
  );
  return [[nameOf(event.type), schema], ...shared];
}

/** `video.uploaded` as VideoUploaded. */
function nameOf(type: string): string {
  return type
    .split('.')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}

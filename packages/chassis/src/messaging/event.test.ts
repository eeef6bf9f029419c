import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { runInTrace } from '../trace.ts';
import { InvalidEventError, newEvent, readEvent, writeEvent } from './event.ts';

const thing = { type: 'thing.happened', data: z.object({ n: z.number() }) } as const;
const fields = { source: 'here', subject: 'thing-1', data: { n: 1 } };

describe('newEvent', () => {
  it('when it is made outside of a trace, then it is a CloudEvent with an id and the time, and nothing else', () => {
    const event = newEvent(thing, fields);

    expect(event).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      source: 'here',
      type: 'thing.happened',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      subject: 'thing-1',
      datacontenttype: 'application/json',
      data: { n: 1 },
    });
  });

  it('when it is made within a trace, then it remembers it for the relay, and its body does not carry it', () => {
    const event = runInTrace('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', () => newEvent(thing, fields));

    expect(event.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
    expect(JSON.parse(writeEvent(event).toString())).not.toHaveProperty('traceparent');
  });

  it('when an id and a time are given, then they are kept', () => {
    expect(newEvent(thing, { ...fields, id: 'x', time: '2026-01-01T00:00:00.000Z' })).toMatchObject({
      id: 'x',
      time: '2026-01-01T00:00:00.000Z',
    });
  });

  it('when the data breaks the contract, then it is refused before anybody has to read it', () => {
    const make = () => newEvent(thing, { ...fields, data: { n: 'one' } as unknown as { n: number } });

    expect(make).toThrow(expect.objectContaining({ kind: 'internal', message: expect.stringContaining('n: ') }));
  });
});

describe('readEvent', () => {
  const event = newEvent(thing, fields);
  const read = (change: object) => readEvent(thing, Buffer.from(JSON.stringify({ ...event, ...change })));

  it('when it was written by writeEvent, then it is the same', () => {
    expect(readEvent(thing, writeEvent(event))).toEqual(event);
  });

  it('when attributes are there that nobody knows, then they are kept, and unknown data is left out', () => {
    expect(read({ dataschema: 'v9', data: { n: 1, later: true } })).toEqual({ ...event, dataschema: 'v9' });
  });

  it.each([
    ['another version', { specversion: '2.0' }],
    ['no id', { id: '' }],
    ['no time', { time: undefined }],
    ['a time that is none', { time: 'yesterday' }],
    ['another type', { type: 'other.happened' }],
    ['other data', { data: { n: '1' } }],
    ['no data', { data: undefined }],
    ['data in another form', { datacontenttype: 'text/xml' }],
  ])('when it has %s, then it is refused', (_, change) => {
    expect(() => read(change)).toThrow(InvalidEventError);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
  ])('when it is %s, then it is refused', (_, body) => {
    expect(() => readEvent(thing, Buffer.from(body))).toThrow(InvalidEventError);
  });

  it('when data is wrong, then the reason names the path and does not quote the value', () => {
    const refused = () => read({ data: { n: 'somebody@example.com' } });

    expect(refused).toThrow(/data\.n: /);
    expect(refused).not.toThrow(/somebody/);
  });
});

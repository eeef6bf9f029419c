import { describe, expect, it } from '@jest/globals';
import { clientBehind } from './client-address.ts';

const connection = {
  address: '10.0.0.2',
  encrypted: false,
  host: 'inside:4000',
  forwardedFor: '6.6.6.6, 203.0.113.9, 10.0.0.1',
  forwardedProto: 'https',
  forwardedHost: 'flixtube.example',
};

describe('the client of a connection', () => {
  it('is who is at its other end, when no proxy is known, whatever is claimed', () => {
    expect(clientBehind(connection, 0)).toEqual({ address: '10.0.0.2', scheme: 'http', host: 'inside:4000' });
  });

  it('is who the outermost known proxy was called by, not what that one claims', () => {
    expect(clientBehind(connection, 2)).toEqual({ address: '203.0.113.9', scheme: 'https', host: 'flixtube.example' });
    expect(clientBehind(connection, 1).address).toBe('10.0.0.1');
  });

  it('has no scheme but http and https', () => {
    expect(clientBehind({ ...connection, forwardedProto: 'javascript' }, 1).scheme).toBe('http');
  });
});

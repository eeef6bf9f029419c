import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';

const required = {
  IDENTITY_SECRET: 'x'.repeat(32),
  RABBITMQ_URL: 'amqp://localhost',
  MONGODB_URL: 'mongodb://localhost',
};

describe('readConfig', () => {
  it('only what is required: the defaults stand', () => {
    expect(readConfig(required)).toMatchObject({
      port: 4002,
      mongodbDatabase: 'video-upload',
      videoStorageUrl: 'http://127.0.0.1:4003',
      metadataUrl: 'http://127.0.0.1:4001',
      uploadMaxBytes: 20 * 1024 ** 3,
    });
  });

  it('nothing: one error that names all that is missing', () => {
    expect(() => readConfig({})).toThrow(/IDENTITY_SECRET.*RABBITMQ_URL.*MONGODB_URL/s);
  });
});

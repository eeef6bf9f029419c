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
      uploadKinds: ['video/*'],
    });
  });

  it('kinds in any case, with blanks after commas: are read in lower case', () => {
    const { uploadKinds } = readConfig({ ...required, UPLOAD_KINDS: 'Video/MP4, video/x-matroska' });
    expect(uploadKinds).toEqual(['video/mp4', 'video/x-matroska']);
  });

  it.each(['*/*', 'mp4', 'video/', 'image/png', 'video/mp4,', 'video/mp4 video/webm', 'video/mp4;codecs=avc1'])(
    'kinds that are %s: an error that names the setting and shows what it may be',
    (kinds) => {
      expect(() => readConfig({ ...required, UPLOAD_KINDS: kinds })).toThrow(
        /UPLOAD_KINDS \(media types .*must be video\/\*, or types such as video\/mp4/,
      );
    },
  );

  it('nothing: one error that names all that is missing', () => {
    expect(() => readConfig({})).toThrow(/IDENTITY_SECRET.*RABBITMQ_URL.*MONGODB_URL/s);
  });
});

import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadSettings, Secret, SettingsError, settings } from './config.ts';

function messageOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

describe('loadSettings', () => {
  it('gives typed values, when the variables are well-formed', () => {
    const shape = {
      PORT: settings.port(4001),
      LOG_LEVEL: settings.logLevel(),
      MOST: settings.bytes('most bytes', 1),
      WAIT: settings.seconds('wait', 1),
      METADATA_URL: settings.url('metadata', 'http://127.0.0.1:4001'),
      TRIES: settings.integer('tries', { min: 0, max: 9 }, 3),
    };
    const env = {
      PORT: '8080',
      LOG_LEVEL: 'debug',
      MOST: '20GiB',
      WAIT: '0.5',
      METADATA_URL: 'https://metadata:4001/base/',
      TRIES: '0',
    };
    expect(loadSettings(shape, env)).toEqual({
      PORT: 8080,
      LOG_LEVEL: 'debug',
      MOST: 20 * 2 ** 30,
      WAIT: 0.5,
      METADATA_URL: 'https://metadata:4001/base',
      TRIES: 0,
    });
  });

  it('takes the default, when a variable is unset or empty', () => {
    const shape = { PORT: settings.port(4001), HOST: settings.host(), SHUTDOWN_SECONDS: settings.shutdownSeconds() };
    expect(loadSettings(shape, { PORT: '', HOST: '  ' })).toEqual({
      PORT: 4001,
      HOST: '0.0.0.0',
      SHUTDOWN_SECONDS: 25,
    });
  });

  it('names every variable that is wrong, its meaning and what is expected in one error, when several are', () => {
    const shape = {
      PORT: settings.port(4001),
      LOG_LEVEL: settings.logLevel(),
      METADATA_URL: settings.url('where the catalogue answers'),
      UPLOAD_MAX_BYTES: settings.bytes('largest upload', 1),
    };
    const env = { PORT: '70000', LOG_LEVEL: 'loud', UPLOAD_MAX_BYTES: 'much' };
    expect(messageOf(() => loadSettings(shape, env)).split('\n')).toEqual([
      'The settings are not right:',
      '  PORT (TCP port to listen on; 0 takes any that is free): must be a port, 0 to 65535; got "70000"',
      '  LOG_LEVEL (least severe log lines to write): must be one of trace, debug, info, warn, error, fatal, silent; got "loud"',
      '  METADATA_URL (where the catalogue answers): is required and not set',
      '  UPLOAD_MAX_BYTES (largest upload): must be a number of bytes, such as 1048576, 512MiB or 20GiB; got "much"',
    ]);
  });

  it('does not show the value, when a secret is wrong', () => {
    const shape = {
      IDENTITY_SECRET: settings.secret('signs identities', 32),
      MONGODB_URL: settings.secretUrl('the database', ['mongodb', 'mongodb+srv']),
    };
    const env = { IDENTITY_SECRET: 'hunter2', MONGODB_URL: 'http://root:hunter2@db' };
    const message = messageOf(() => loadSettings(shape, env));
    expect(message).toContain('IDENTITY_SECRET (signs identities): must have at least 32 characters');
    expect(message).toContain('MONGODB_URL (the database): must begin with mongodb:// or mongodb+srv://');
    expect(message).not.toContain('hunter2');
  });

  it.each(['ftp://host', 'host:80', 'http://user:hunter2@host', 'http://host?a=b', '//host'])(
    'refuses an address of a neighbour, when it is %s',
    (url) => {
      expect(messageOf(() => loadSettings({ URL: settings.url('a neighbour') }, { URL: url }))).toContain(
        'must be an http or https address',
      );
    },
  );

  it('never falls back, when a number is malformed: it is the number that was written or an error', () => {
    const shape = { PORT: settings.port(1), SIZE: settings.bytes('size', 2), WAIT: settings.seconds('wait', 3) };
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.stringMatching(/^[-+0-9.eExnN _,]{1,8}$/),
          fc.nat(99_999).map((n) => `${n}`),
        ),
        (text) => {
          const trimmed = text.trim();
          for (const name of ['PORT', 'SIZE', 'WAIT'] as const) {
            try {
              const value = loadSettings(shape, { [name]: text })[name];
              if (trimmed !== '') expect(value).toBe(Number(trimmed));
            } catch (error) {
              expect(error).toBeInstanceOf(SettingsError);
            }
          }
        },
      ),
    );
  });
});

describe('Secret', () => {
  const secret = new Secret('hunter2');

  it('shows itself only by reveal()', () => {
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ deep: [secret] }, { showHidden: true }),
      inspect(secret),
      Object.values(secret).join(),
    ];
    expect(shown.join('\n')).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });
});

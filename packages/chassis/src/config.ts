import { inspect } from 'node:util';
import { z } from 'zod';
import { SetupError } from './errors.ts';

/** A value that cannot get into a log, an error or JSON by mistake; only `reveal()` gives it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** All that is wrong with the settings, a line each. */
export class SettingsError extends SetupError {
  constructor(problems: string[]) {
    super(`The settings are not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/**
 * Reads settings from environment variables. `shape` names each variable and says by one of `settings` what it means.
 * A variable that is empty counts as unset.
 *
 * @throws SettingsError one error that lists every variable that is missing or malformed, and never a secret's value
 */
export function loadSettings<S extends z.ZodRawShape>(shape: S, env: NodeJS.ProcessEnv): z.infer<z.ZodObject<S>> {
  const values = Object.fromEntries(
    Object.keys(shape)
      .map((name) => [name, env[name]?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = z.object(shape).safeParse(values);
  if (result.success) return result.data;
  const wrong = new Map<string, string>();
  for (const issue of result.error.issues) {
    const name = String(issue.path[0]);
    if (!wrong.has(name)) wrong.set(name, issue.message);
  }
  throw new SettingsError(
    [...wrong].map(([name, message]) => describeProblem(name, message, shape[name], values[name])),
  );
}

function describeProblem(
  name: string,
  message: string,
  schema: z.core.$ZodType | undefined,
  value: string | undefined,
): string {
  const { description = '', secret } = (schema instanceof z.ZodType ? schema.meta() : undefined) ?? {};
  const expected = value === undefined ? 'is required and not set' : message;
  const got = value === undefined || secret === true ? '' : `; got ${JSON.stringify(shorten(value))}`;
  return `${name} (${description}): ${expected}${got}`;
}

function shorten(value: string): string {
  return value.length > 80 ? `${value.slice(0, 80)}…` : value;
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const byteUnits: Record<string, number> = { '': 1, B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** The kinds of settings, as zod schemas from a variable's text to a typed value. Without a default one is required. */
export const settings = {
  port: (byDefault: number) =>
    z
      .string()
      .regex(/^\d{1,5}$/, 'must be a port, 0 to 65535')
      .transform(Number)
      .refine((port) => port <= 65_535, 'must be a port, 0 to 65535')
      .default(byDefault)
      .describe('TCP port to listen on; 0 takes any that is free'),

  host: () =>
    z
      .string()
      .regex(/^[A-Za-z0-9.:_-]+$/, 'must be an IP address or a host name')
      .default('0.0.0.0')
      .describe('address to listen on'),

  logLevel: () =>
    z
      .enum(levels, { error: `must be one of ${levels.join(', ')}` })
      .default('info')
      .describe('least severe log lines to write'),

  shutdownSeconds: () => settings.seconds('seconds that work in hand has to end after a signal to stop', 25),

  /** @param minLength least number of characters, for secrets that sign */
  secret: (description: string, minLength = 1) =>
    z
      .string()
      .min(minLength, `must have at least ${minLength} characters`)
      .transform((value) => new Secret(value))
      .meta({ description, secret: true }),

  /** A connection string with one of `schemes` (`['mongodb', 'mongodb+srv']`); it may hold a password, so it is secret. */
  secretUrl: (description: string, schemes: string[]) =>
    z
      .string()
      .refine(
        (value) => schemes.some((scheme) => value.startsWith(`${scheme}://`) && value.length > scheme.length + 3),
        {
          error: `must begin with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
        },
      )
      .transform((value) => new Secret(value))
      .meta({ description, secret: true }),

  /** An http or https address of a neighbour, given back without a slash at its end. */
  url: (description: string, byDefault?: string) => optional(neighbourUrl, byDefault).describe(description),

  /** A size in bytes: a whole number, alone or with B, KiB, MiB, GiB, TiB. */
  bytes: (description: string, byDefault?: number) =>
    optional(
      z.string().transform((text, context) => {
        const [, digits, unit] = text.match(/^(\d+) ?(B|KiB|MiB|GiB|TiB|)$/) ?? [];
        const bytes = Number(digits) * (byteUnits[unit ?? ''] ?? Number.NaN);
        if (Number.isSafeInteger(bytes)) return bytes;
        context.addIssue('must be a number of bytes, such as 1048576, 512MiB or 20GiB');
        return z.NEVER;
      }),
      byDefault,
    ).describe(description),

  /** Seconds, with a fraction where wanted. */
  seconds: (description: string, byDefault?: number) =>
    optional(
      z
        .string()
        .regex(/^\d{1,9}(\.\d{1,3})?$/, 'must be a number of seconds, such as 30 or 0.5')
        .transform(Number),
      byDefault,
    ).describe(description),

  /** A whole number within bounds. */
  integer: (description: string, bounds: { min: number; max: number }, byDefault?: number) => {
    const expected = `must be a whole number from ${bounds.min} to ${bounds.max}`;
    return optional(
      z
        .string()
        .regex(/^-?\d{1,15}$/, expected)
        .transform(Number)
        .refine((value) => value >= bounds.min && value <= bounds.max, expected),
      byDefault,
    ).describe(description);
  },

  /** Any text. */
  text: (description: string, byDefault?: string) => optional(z.string(), byDefault).describe(description),
};

const neighbourUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  ) {
    return url.href.replace(/\/+$/, '');
  }
  context.addIssue('must be an http or https address such as http://127.0.0.1:4001, without user, query or fragment');
  return z.NEVER;
});

/** Makes a setting required when it has no default. */
function optional<T>(schema: z.ZodType<T>, byDefault: T | undefined): z.ZodType<T> {
  return byDefault === undefined ? schema : schema.default(byDefault as never);
}

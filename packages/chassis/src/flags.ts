import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Logger } from './logger.ts';
import { delay } from './messaging/backoff.ts';
import type { Resource } from './service.ts';

export interface FlagDefinition {
  /** What is on where it is on. */
  readonly description: string;
  /** For how many of a hundred it is on when nobody says otherwise. */
  readonly share: number;
}

/** Switches for what is risky, turned while the service runs. A Resource that is always usable. */
export interface Flags<Name extends string> extends Resource {
  /**
   * Whether it is on for this one: a viewer's id, for example. The same at each call and in each replica, as long as
   * nobody turns it; who is among 10 of a hundred is among 20 too, and each flag draws anew.
   */
  isOn(name: Name, key: string): boolean;
}

const fileShape = z.record(z.string(), z.union([z.boolean(), z.number().min(0).max(100)]));

/**
 * Flags by a JSON file, `{"name": 25}`: the share of a hundred, or true or false. It is read again every few seconds, since
 * a mounted ConfigMap is replaced without a word. Names of others are no matter: services may share one file.
 * A file that is missing leaves every flag as it is defined; one that is malformed changes nothing, and is logged: a
 * typing error must neither stop a service nor turn a switch.
 *
 * @param o.file undefined: every flag as it is defined
 */
export function createFlags<Name extends string>(o: {
  definitions: Readonly<Record<Name, FlagDefinition>>;
  file: string | undefined;
  logger: Logger;
  everySeconds?: number;
}): Flags<Name> {
  const { definitions, file, logger, everySeconds = 5 } = o;
  const stopping = new AbortController();
  let shares = new Map<string, number>();
  let lastText: string | undefined;
  let loop: Promise<void> | undefined;

  async function read(path: string): Promise<void> {
    let text: string | undefined;
    try {
      text = await readFile(path, 'utf8');
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'ENOENT') {
        logger.warn({ err }, 'the file of flags cannot be read; they stay as they are');
        return;
      }
    }
    if (text === lastText) return;
    lastText = text;
    const given = fileShape.safeParse(jsonOf(text ?? '{}'));
    if (!given.success) {
      logger.error({ file: path }, 'the file of flags is malformed; they stay as they are');
      return;
    }
    shares = new Map(
      Object.entries(given.data)
        .filter(([name]) => name in definitions)
        .map(([name, value]) => [name, typeof value === 'number' ? value : value ? 100 : 0]),
    );
    logger.info({ flags: Object.fromEntries(shares) }, 'flags were turned');
  }

  return {
    name: 'flags',
    isOn: (name, key) => drawOf(name, key) < (shares.get(name) ?? definitions[name].share),
    start: async () => {
      if (file === undefined || loop !== undefined) return;
      await read(file);
      loop = (async () => {
        while (!stopping.signal.aborted) {
          await delay(everySeconds * 1_000, stopping.signal);
          if (!stopping.signal.aborted) await read(file);
        }
      })();
    },
    check: async () => {},
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}

/** From 0 to below 100, evenly. */
function drawOf(name: string, key: string): number {
  return (createHash('sha256').update(`${name} ${key}`).digest().readUInt32BE(0) / 2 ** 32) * 100;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import pino from 'pino';
import { DomainError } from './errors.ts';
import { currentTrace } from './trace.ts';

export type Logger = pino.Logger;

const deepestCause = 8;

/**
 * JSON lines on standard output, each with `service` and, within a trace, `traceId` and `spanId`. Errors go in as `err` and come out
 * with kind, code, stack and chain of causes, and nothing else of what libraries hang on them (axios: headers).
 *
 * @param options.destination where lines go instead of standard output, for tests
 */
export function createLogger(options: {
  service: string;
  level: string;
  destination?: { write(line: string): void };
}): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      mixin: () => {
        const current = currentTrace();
        return current === undefined ? {} : { traceId: current.traceId, spanId: current.spanId };
      },
      serializers: { err: (error: unknown) => describeError(error), error: (error: unknown) => describeError(error) },
      redact: { paths: secretPaths, censor: '[secret]' },
    },
    options.destination ?? standardOutput(),
  );
}

/**
 * Standard output, in the background and with a bound: a reader that has stopped reading does not stop the service with
 * it, and neither does a disk that is full, where the output is a file. What does not fit is lost.
 */
function standardOutput(): pino.DestinationStream {
  const stream = pino.destination({ fd: 1, sync: false, maxLength: 4 * 1024 * 1024 });
  // At the end of the process it would try for ever to get rid of what waits, and nothing else would run any more.
  const flush = stream.flushSync;
  stream.on('error', () => {
    stream.flushSync = () => {};
  });
  stream.on('write', () => {
    stream.flushSync = flush;
  });
  return stream;
}

const secretNames = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  '["set-cookie"]',
  '["x-flixtube-identity"]',
];
const secretPaths = secretNames.flatMap((name) =>
  name.startsWith('[') ? [name, `*${name}`, `*.*${name}`] : [name, `*.${name}`, `*.*.${name}`],
);

interface DescribedError {
  type: string;
  message: string;
  kind?: string;
  code?: string | number;
  stack?: string;
  cause?: DescribedError;
}

/** What a log line says of an error: a closed list of fields, down its chain of causes. */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutSecrets(String(error)) };
  const described: DescribedError = { type: error.name, message: withoutSecrets(error.message) };
  if (error instanceof DomainError) described.kind = error.kind;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' || typeof code === 'number') described.code = code;
  if (error.stack !== undefined) described.stack = withoutSecrets(error.stack);
  if (error.cause !== undefined && depth < deepestCause) described.cause = describeError(error.cause, depth + 1);
  return described;
}

/** As much of what somebody else has chosen as a line says. */
const longestOfOthers = 256;

/** What somebody else has chosen, such as a path of 60,000 characters, at a length of ours. */
export function shortened(text: string): string {
  return text.length > longestOfOthers ? `${text.slice(0, longestOfOthers)}…` : text;
}

/**
 * Libraries put addresses and values into their messages: user and password, tokens, account keys, and what a unique index
 * has refused must not get to the log.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b(mongodb(?:\+srv)?|amqps?):\/\/\S*@/gi, '$1://[secret]@')
    .replace(/\/\/[^/\s]+@/g, '//[secret]@')
    .replace(/\bdup key: \{.*\}/gs, 'dup key: [value]')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]')
    .replace(/\b(AccountKey|SharedAccessSignature|sig)=[^;&\s]+/gi, '$1=[secret]');
}

import { styleText } from 'node:util';

type Colour = Parameters<typeof styleText>[0];

const colours: Record<string, Colour> = {
  gateway: 'cyan',
  metadata: 'green',
  'video-upload': 'yellow',
  'video-storage': 'magenta',
  'video-streaming': 'blue',
  history: 'greenBright',
  'video-processing': 'yellowBright',
};
const levelColours: Record<string, Colour> = { warn: 'yellow', error: 'red', fatal: 'red' };
// Said by the prefix, or of use to machines only.
const unsaid = new Set(['level', 'time', 'service', 'msg', 'err', 'traceId', 'spanId', 'pid', 'hostname']);

/** A service's log line, JSON as pino writes it or any other text, as a person reads it; it may become several lines. */
export function readable(service: string, line: string, coloured: boolean): string {
  const paint = (colour: Colour | undefined, text: string) =>
    coloured && colour ? styleText(colour, text, { validateStream: false }) : text;
  const prefix = paint(colours[service], service.padEnd(16));
  const entry = parsed(line);
  if (!entry) return `${prefix} ${line}`;
  const level = String(entry.level ?? '');
  const details = Object.entries(entry)
    .filter(([key]) => !unsaid.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const isGrave = level in levelColours;
  if (isGrave && entry.traceId) details.push(`traceId=${entry.traceId}`);
  const head = [
    paint('dim', String(entry.time ?? '').slice(11, 23)),
    paint(levelColours[level], isGrave ? `${level}: ${entry.msg ?? ''}` : String(entry.msg ?? '')),
    paint('dim', details.join(' ')),
  ];
  const lines = [head.filter(Boolean).join(' '), ...linesOf(entry.err, level)];
  return lines.map((text) => `${prefix} ${text}`).join('\n');
}

/** An error's message; its stack too where the service itself calls it an error. */
function linesOf(error: unknown, level: string): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { type, message, stack, cause } = error as { type?: string; message?: string; stack?: string; cause?: unknown };
  const told =
    level === 'error' || level === 'fatal' ? (stack ?? message ?? '') : `${type ?? 'Error'}: ${message ?? ''}`;
  return [...told.split('\n').map((text) => `  ${text}`), ...linesOf(cause, level)];
}

function parsed(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

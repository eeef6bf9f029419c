import type { z } from 'zod';
import { DomainError, type FieldError } from '../errors.ts';

const mostErrors = 20;
const longestName = 100;

/**
 * `value` as `schema` has it. Each message of the schema's own goes out as it is; zod's are put into our words.
 *
 * @throws DomainError 'invalid' with an entry in `errors` for each field that is wrong
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value, { error: inWords });
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(fieldErrors).slice(0, mostErrors);
  const shown = errors.slice(0, 3).map(({ path, message }) => (path === '' ? message : `${path} ${message}`));
  const more = errors.length > shown.length ? [`${errors.length - shown.length} more in "errors"`] : [];
  throw new DomainError('invalid', `The request is not right: ${[...shown, ...more].join('; ')}.`, { errors });
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.join('.').slice(0, longestName);
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({
    path: (path === '' ? key : `${path}.${key}`).slice(0, longestName),
    message: 'is not known here',
  }));
}

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function inWords(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${types[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return bound(issue.origin, 'at least', 'more than', issue.minimum, issue.inclusive);
    case 'too_big':
      return bound(issue.origin, 'at most', 'less than', issue.maximum, issue.inclusive);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.format === 'regex' ? 'has the wrong form' : `must be a ${issue.format}`;
    default:
      return 'is not valid';
  }
}

function bound(origin: string, reached: string, passed: string, limit: number | bigint, inclusive = true): string {
  const amount = `${inclusive ? reached : passed} ${limit}`;
  if (origin === 'string') return `must have ${amount} ${limit === 1 ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set') return `must have ${amount} ${limit === 1 ? 'entry' : 'entries'}`;
  return `must be ${amount}`;
}

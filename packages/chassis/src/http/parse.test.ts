import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { DomainError, type FieldError } from '../errors.ts';
import { parse } from './parse.ts';

function errorOf(schema: z.ZodType, value: unknown): DomainError {
  try {
    parse(schema, value);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const errorsOf = (schema: z.ZodType, value: unknown): FieldError[] => errorOf(schema, value).errors ?? [];

describe('parse', () => {
  it('gives what the schema makes of the value, when it is right', () => {
    const schema = z.object({ limit: z.coerce.number().default(24), sort: z.enum(['newest', 'popular']) });
    expect(parse(schema, { sort: 'newest' })).toEqual({ limit: 24, sort: 'newest' });
  });

  it.each([
    ['a field is missing', z.object({ a: z.string() }), {}, 'a', 'is required'],
    ['text is a number', z.object({ a: z.string() }), { a: 1 }, 'a', 'must be text'],
    ['a number is text', z.object({ a: z.coerce.number() }), { a: 'x' }, 'a', 'must be a number'],
    ['a whole number is not', z.object({ a: z.int() }), { a: 1.5 }, 'a', 'must be a whole number'],
    ['a number is too small', z.object({ a: z.number().min(1) }), { a: 0 }, 'a', 'must be at least 1'],
    ['a number is too large', z.object({ a: z.number().max(100) }), { a: 101 }, 'a', 'must be at most 100'],
    ['a number is not below its bound', z.object({ a: z.number().lt(1) }), { a: 1 }, 'a', 'must be less than 1'],
    ['text is too long', z.object({ a: z.string().max(2) }), { a: 'abc' }, 'a', 'must have at most 2 characters'],
    ['a list is too long', z.object({ a: z.array(z.int()).max(1) }), { a: [1, 2] }, 'a', 'must have at most 1 entry'],
    ['none of the choices', z.object({ a: z.enum(['x', 'y']) }), { a: 'z' }, 'a', 'must be one of x, y'],
    ['a field within a list', z.object({ a: z.array(z.string()) }), { a: ['x', 1] }, 'a.1', 'must be text'],
    ['the form is wrong', z.object({ a: z.string().regex(/^x$/) }), { a: 'y' }, 'a', 'has the wrong form'],
    ['the schema has its own words', z.object({ a: z.string().min(9, 'says so') }), { a: '' }, 'a', 'says so'],
    ['an unknown field', z.strictObject({}), { b: 1 }, 'b', 'is not known here'],
    ['all of it', z.object({}), [], '', 'must be an object'],
  ])('names the field and what it must be, when this is wrong: %s', (_what, schema, value, path, message) => {
    expect(errorsOf(schema, value)).toEqual([{ path, message }]);
  });

  it('makes one sentence of the first few and keeps the rest in bounds, when very much is wrong', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`${i}`.padStart(500, 'x'), 1]));
    const error = errorOf(z.strictObject({ title: z.string() }), many);
    expect(error.detail).toMatch(/^The request is not right: title is required; x+ is not known here; .*17 more/);
    expect(error.errors).toHaveLength(20);
    expect(JSON.stringify(error).length).toBeLessThan(5_000);
  });
});

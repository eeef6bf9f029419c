import { expect, it } from '@jest/globals';
import { ApiError, unreachable } from '../api/api-error.ts';
import { breakWords } from './break-words.ts';

it.each([
  ['nobody answers', unreachable(), 'The connection broke.'],
  ['another request holds it', new ApiError(423, {}), 'This file is still being sent, perhaps by another window.'],
  ['there are too many', new ApiError(429, { detail: 'You have 20.' }), 'You have 20.'],
  ['the server is overloaded', new ApiError(503, { detail: 'x' }), 'FlixTube could not take it just now.'],
])('when %s, then it is not said that something else happened', (_, error, words) => {
  expect(breakWords(error)).toBe(words);
});

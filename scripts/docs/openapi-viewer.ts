import { historyList, historyParams, historyQuery } from '@flixtube/contracts/http/history';
import { session } from '@flixtube/contracts/http/session';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { jsonAnswer, ownProblems, problems } from './openapi-parts.ts';

const history = ['History'];
const gateway = ['Gateway'];

export const viewerPaths: ZodOpenApiPathsObject = {
  '/api/history': {
    get: {
      tags: history,
      operationId: 'getHistory',
      summary: 'What this viewer watched, the last first',
      requestParams: { query: historyQuery },
      responses: { 200: jsonAnswer('A page of it', historyList), ...problems() },
    },
    delete: {
      tags: history,
      operationId: 'clearHistory',
      summary: 'Forget everything that this viewer watched',
      responses: { 204: { description: 'It is forgotten' }, ...problems(403) },
    },
  },
  '/api/history/{videoId}': {
    delete: {
      tags: history,
      operationId: 'removeFromHistory',
      summary: 'Forget that this viewer watched a video; nothing happens if they did not',
      requestParams: { path: historyParams },
      responses: { 204: { description: 'It is forgotten' }, ...problems(403) },
    },
  },
  '/api/continue-watching': {
    get: {
      tags: history,
      operationId: 'getContinueWatching',
      summary: 'What this viewer began and did not finish, the last first',
      requestParams: { query: historyQuery },
      responses: { 200: jsonAnswer('A page of it', historyList), ...problems() },
    },
  },
  '/api/session': {
    get: {
      tags: gateway,
      operationId: 'getSession',
      summary: 'Who is calling',
      responses: { 200: jsonAnswer('This viewer', session), ...ownProblems() },
    },
  },
  '/api/openapi.json': {
    get: {
      tags: gateway,
      operationId: 'getOpenApi',
      summary: 'This document',
      responses: { 200: jsonAnswer('OpenAPI 3.1', z.looseObject({ openapi: z.string() })), ...ownProblems(503) },
    },
  },
  '/api/docs': {
    get: {
      tags: gateway,
      operationId: 'getDocs',
      summary: 'A page to read and try this on',
      responses: {
        200: { description: 'The page', content: { 'text/html': { schema: { type: 'string' } } } },
        ...ownProblems(),
      },
    },
  },
};

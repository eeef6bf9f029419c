import { problem } from '@flixtube/contracts/http/problem';
import { z } from 'zod';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiPathItemObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';

const meanings = {
  400: 'The request is wrong: `errors` names each field',
  403: 'This is not yours, or comes from another site',
  404: 'There is no such thing, or none that this viewer may see',
  408: 'The body came too slowly',
  409: 'It does not stand where the request says, or is not in a state for it',
  410: 'It has been deleted',
  412: 'It is not the version that the condition names',
  413: 'The body is too large',
  415: 'The body is of a type that is not taken here',
  416: 'None of the ranges can be satisfied',
  423: 'Another request is at it just now',
  428: 'If-Match is missing',
  429: 'There are too many already',
  460: 'The body has another checksum than is said (tus 1.0.0)',
  502: 'A service behind the gateway broke off',
  503: 'A service behind the gateway, or what it needs, is not available just now',
  504: 'A service behind the gateway did not answer in time',
} as const;

const retryAfter = z
  .int()
  .positive()
  .optional()
  .meta({ description: 'Seconds after which to try again (RFC 9110 §10.2.3)' });

/** The answer of one error, which all operations share. */
export function problemAnswer(status: keyof typeof meanings): ZodOpenApiResponseObject {
  return {
    id: `Problem${status}`,
    description: meanings[status],
    ...(status === 503 ? { headers: z.object({ 'Retry-After': retryAfter }) } : {}),
    content: { 'application/problem+json': { schema: problem } },
  };
}

const answers = Object.fromEntries(
  Object.keys(meanings).map((status) => [status, problemAnswer(Number(status) as keyof typeof meanings)]),
);

/** The errors of an operation: its own, and those that any operation behind the gateway may end with. */
export function problems(...own: (keyof typeof meanings)[]): ZodOpenApiResponsesObject {
  const statuses = [400, ...own, 502, 503, 504];
  return Object.fromEntries(statuses.map((status) => [status, answers[status]])) as ZodOpenApiResponsesObject;
}

/** The errors of an operation that the gateway answers by itself. */
export function ownProblems(...own: (keyof typeof meanings)[]): ZodOpenApiResponsesObject {
  return Object.fromEntries([400, ...own].map((status) => [status, answers[status]])) as ZodOpenApiResponsesObject;
}

/** A 200, 201 … with JSON. */
export function jsonAnswer(description: string, schema: z.ZodType, headers?: z.ZodObject): ZodOpenApiResponseObject {
  return { description, content: { 'application/json': { schema } }, ...(headers === undefined ? {} : { headers }) };
}

export const etag = z
  .string()
  .meta({ description: 'A strong entity tag (RFC 9110 §8.8.3)', example: '"3-pQx9fVb2kT0aLw4e"' });
export const ifMatch = z
  .string()
  .meta({ description: 'The ETag of the version that is meant, or `*`', example: '"3-pQx9fVb2kT0aLw4e"' });
export const ifNoneMatch = z
  .string()
  .optional()
  .meta({ description: 'ETags that are known already: 304 when one of them still holds' });

export const notModified: ZodOpenApiResponseObject = {
  id: 'NotModified',
  description: 'What the condition names is still what there is',
  headers: z.object({ ETag: etag }),
};

/** Of bytes as they were uploaded. */
export const fields = z.object({
  ETag: z.string().meta({ description: 'Strong: the SHA-256 of the bytes' }),
  'Last-Modified': z.string().optional().meta({ description: 'An HTTP-date' }),
  'Accept-Ranges': z.literal('bytes'),
  'Content-Length': z.int().min(0),
  'Content-Disposition': z.string().optional().meta({ description: 'inline' }),
  'Cache-Control': z.string().meta({ description: 'Whoever keeps it asks again before use: who may watch can change' }),
});
/** Of what was made here. */
export const made = fields.extend({
  ETag: z.string().meta({ description: 'Strong: it changes whenever a byte does' }),
});
export const bytes = { schema: { type: 'string' as const, format: 'binary' } };

/** A path that has GET, and HEAD beside it: what GET would say, without a body; Range is ignored (RFC 9110 §14.2). */
export function withHead(
  operationId: string,
  get: ZodOpenApiOperationObject,
): Pick<ZodOpenApiPathItemObject, 'get' | 'head'> {
  const { 200: found, 206: _part, 416: _beyond, ...others } = { ...get.responses } as Record<string, unknown>;
  const { content: _content, ...answer } = found as ZodOpenApiResponseObject;
  const { description: _description, ...described } = get;
  const summary = `What GET would say, without a body: ${get.summary}`;
  return {
    get,
    head: { ...described, operationId, summary, responses: { 200: answer, ...others } as ZodOpenApiResponsesObject },
  };
}

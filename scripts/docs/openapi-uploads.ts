import { videoId } from '@flixtube/contracts/ids';
import { z } from 'zod';
import type { ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { problems } from './openapi-parts.ts';

const tags = ['Uploads'];
const bytes = {
  content: { 'application/offset+octet-stream': { schema: { type: 'string', format: 'binary' } } },
} as const;

const version = z.literal('1.0.0').meta({ description: 'The version of the tus protocol' });
const offset = z
  .int()
  .min(0)
  .meta({ description: 'How many bytes have arrived and cannot be lost', example: 4_194_304 });
const length = z.int().min(1).meta({ description: 'How many bytes the file has', example: 73_400_320 });
const metadata = z.string().optional().meta({
  description:
    'Of `filename`, `filetype`, `title` and `description`: the name, a space, the value in base64; commas between',
  example: 'filename d2Fsay5tcDQ=,title QSB3YWxr',
});
const checksum = z.string().optional().meta({
  description: '`sha1`, `sha256` or `md5`, a space, and the checksum of this body in base64',
  example: 'sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=',
});
const expires = z.string().optional().meta({
  description: 'When the unfinished upload is removed, unless more of it comes before (RFC 9110 §5.6.7)',
  example: 'Wed, 25 Jun 2036 16:00:00 GMT',
});
const becomes = videoId.optional().meta({ description: 'The video that it has become, once it is finished' });

const said = { 'Tus-Resumable': version };
const progress = { ...said, 'Upload-Offset': offset, 'Upload-Expires': expires, 'X-Video-Id': becomes };
const path = z.object({ uploadId: videoId });

const capabilities: ZodOpenApiResponseObject = {
  description: 'What this server can do',
  headers: z.object({
    ...said,
    'Tus-Version': version,
    'Tus-Extension': z.string().meta({
      example: 'creation,creation-with-upload,expiration,checksum,termination',
      description: 'The extensions',
    }),
    'Tus-Max-Size': z.int().meta({ description: 'The largest file that is taken, in bytes' }),
    'Tus-Checksum-Algorithm': z.string().meta({ example: 'sha1,sha256,md5', description: 'For Upload-Checksum' }),
  }),
};

/** tus 1.0.0. */
export const uploadPaths: ZodOpenApiPathsObject = {
  '/api/uploads': {
    options: {
      tags,
      operationId: 'uploadCapabilities',
      summary: 'What the server can do of tus 1.0.0',
      responses: { 204: capabilities },
    },
    post: {
      tags,
      operationId: 'createUpload',
      summary: 'Begin an upload that may be broken off and gone on with',
      description:
        'By the tus protocol, version 1.0.0 (tus.io). A first part of the file, or all of it, may be the body. Only who has begun an upload may see it or go on with it; so many unfinished ones at a time are too many (429).',
      requestParams: {
        header: z.object({
          ...said,
          'Upload-Length': length,
          'Upload-Metadata': metadata,
          'Upload-Checksum': checksum,
        }),
      },
      requestBody: { required: false, ...bytes },
      responses: {
        201: {
          description: 'It is there, and Location says where',
          headers: z.object({
            ...progress,
            Location: z
              .string()
              .meta({ description: 'Its address', example: '/api/uploads/0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e' }),
          }),
        },
        ...problems(403, 408, 412, 413, 415, 429, 460),
      },
    },
  },
  '/api/uploads/{uploadId}': {
    options: {
      tags,
      operationId: 'uploadCapabilitiesOfOne',
      summary: 'The same as without an id',
      requestParams: { path },
      responses: { 204: capabilities },
    },
    head: {
      tags,
      operationId: 'getUpload',
      summary: 'How far an upload is, and which video it has become',
      requestParams: { path, header: z.object(said) },
      responses: {
        200: {
          description: 'So far it is',
          headers: z.object({ ...progress, 'Upload-Length': length, 'Upload-Metadata': metadata }),
        },
        ...problems(404, 410, 412),
      },
    },
    patch: {
      tags,
      operationId: 'continueUpload',
      summary: 'Send the bytes that belong at an offset',
      description:
        'What has arrived stays, even when the connection breaks; except for a body with a checksum, which counts as a whole or not at all.',
      requestParams: {
        path,
        header: z.object({ ...said, 'Upload-Offset': offset, 'Upload-Checksum': checksum }),
      },
      requestBody: { required: true, ...bytes },
      responses: {
        204: { description: 'They are stored', headers: z.object(progress) },
        ...problems(403, 404, 408, 409, 410, 412, 413, 415, 423, 460),
      },
    },
    post: {
      tags,
      operationId: 'overrideMethod',
      summary: 'Another method of this address, for who cannot send it',
      description: 'X-HTTP-Method-Override says which: its headers, body and answers are those of that method.',
      requestParams: {
        path,
        header: z.object({ ...said, 'X-HTTP-Method-Override': z.enum(['HEAD', 'PATCH', 'DELETE', 'OPTIONS']) }),
      },
      requestBody: { required: false, ...bytes },
      responses: {
        200: { description: 'That of HEAD' },
        204: { description: 'That of the others' },
        ...problems(403, 404, 408, 409, 410, 412, 413, 415, 423, 460),
      },
    },
    delete: {
      tags,
      operationId: 'endUpload',
      summary: 'End an upload; a video that it has become stays',
      requestParams: { path, header: z.object(said) },
      responses: { 204: { description: 'It is gone', headers: z.object(said) }, ...problems(403, 404, 410, 412) },
    },
  },
};

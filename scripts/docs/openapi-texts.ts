import { caption, captionParams, captionQuery } from '@flixtube/contracts/http/captions';
import { videoParams } from '@flixtube/contracts/http/video';
import { z } from 'zod';
import type { ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { bytes, fields, jsonAnswer, notModified, problems, withHead } from './openapi-parts.ts';

const tags = ['Playback'];

const captionPath = z.object({
  id: captionParams.shape.id,
  track: z.string().meta({ description: 'A language tag (BCP 47) and .vtt', example: 'en.vtt' }),
});

const textTrack: ZodOpenApiResponseObject = {
  description: 'The text track',
  headers: fields,
  content: { 'text/vtt': bytes },
};

/** Text tracks: captions and chapters. */
export const textPaths: ZodOpenApiPathsObject = {
  '/api/videos/{id}/captions/{track}': {
    ...withHead('headCaptions', {
      tags,
      operationId: 'getCaptions',
      summary: 'The captions in a language, as WebVTT',
      description: 'Those of the owner, else those that the file had.',
      requestParams: { path: captionPath },
      responses: {
        200: textTrack,
        304: notModified,
        ...problems(404, 412),
      },
    }),
    put: {
      tags,
      operationId: 'putCaptions',
      summary: 'Add captions in a language to your video, or replace them, also those that the file had',
      description:
        'WebVTT or SRT in UTF-8, of 1 MiB at most. What is served is written anew from its times, places and text; styles, regions and comments are left out. An error names the line. 409 for more than 50 languages.',
      requestParams: { path: captionPath, query: captionQuery },
      requestBody: {
        required: true,
        content: {
          'text/vtt': { schema: z.string() },
          'application/x-subrip': { schema: z.string() },
          'text/plain': { schema: z.string() },
        },
      },
      responses: {
        200: jsonAnswer('They took the place of others', caption),
        201: jsonAnswer(
          'They are there',
          caption,
          z.object({ Location: z.string().meta({ description: 'Their address' }) }),
        ),
        ...problems(403, 404, 408, 409, 413, 415),
      },
    },
    delete: {
      tags,
      operationId: 'removeCaptions',
      summary: 'Remove the captions in a language from your video',
      description:
        'Also those that the file had, which stay away when it is processed again. Captions that are put later are shown.',
      requestParams: { path: captionPath },
      responses: { 204: { description: 'They are gone' }, ...problems(403, 404) },
    },
  },
  '/api/videos/{id}/hls/captions/{track}': withHead('headCaptionsSegment', {
    tags,
    operationId: 'getCaptionsSegment',
    summary: 'The captions in a language once more, as the one segment of their HLS playlist',
    requestParams: { path: captionPath },
    responses: { 200: textTrack, 304: notModified, ...problems(404, 412) },
  }),
  '/api/videos/{id}/chapters.vtt': withHead('headChapters', {
    tags,
    operationId: 'getChapters',
    summary: 'The chapters that the file has, as WebVTT: a cue each, with its title',
    requestParams: { path: videoParams },
    responses: { 200: textTrack, 304: notModified, ...problems(404, 412) },
  }),
};

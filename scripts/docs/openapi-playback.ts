import { progress } from '@flixtube/contracts/http/progress';
import { videoParams } from '@flixtube/contracts/http/video';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { bytes, fields, made, notModified, problemAnswer, problems, withHead } from './openapi-parts.ts';

const tags = ['Playback'];

const conditions = z.object({
  'If-Match': z.string().optional().meta({ description: 'Only if it has this ETag: else 412' }),
  'If-None-Match': z.string().optional().meta({ description: 'Only if it has none of these ETags: else 304' }),
  'If-Modified-Since': z.string().optional().meta({ description: 'An HTTP-date; not looked at beside If-None-Match' }),
  'If-Unmodified-Since': z.string().optional().meta({ description: 'An HTTP-date; not looked at beside If-Match' }),
});
const rangeConditions = conditions.extend({
  Range: z.string().optional().meta({
    description: 'One or several byte ranges (RFC 9110 §14.2), at most 16 after those that touch are joined',
    example: 'bytes=0-65535',
  }),
  'If-Range': z.string().optional().meta({ description: 'The ETag that the range is of: else the whole file is sent' }),
});

const lasting = made.extend({
  'Cache-Control': z
    .string()
    .meta({ description: 'For a year: its name is of one version. Of private videos: private' }),
});
const whole: ZodOpenApiResponseObject = {
  description: 'The whole file',
  headers: fields,
  content: { 'video/*': bytes },
};
const part: ZodOpenApiResponseObject = {
  description: 'The range that was asked for, or several in one multipart body',
  headers: fields.extend({
    'Content-Range': z.string().optional().meta({ description: 'Of a single range', example: 'bytes 0-65535/1048576' }),
  }),
  content: { 'video/*': bytes, 'multipart/byteranges': bytes },
};
const elsewhere: ZodOpenApiResponseObject = {
  id: 'Elsewhere',
  description:
    'Only with STREAM_DELIVERY=redirect: the bytes are at another address for some minutes, to be asked for as this one was',
  headers: z.object({ Location: z.url().meta({ description: 'Signed; whoever has it can read this one object' }) }),
};
const jpeg: ZodOpenApiResponseObject = {
  description: 'The picture',
  headers: made,
  content: { 'image/jpeg': bytes },
};
const beyond: ZodOpenApiResponseObject = {
  ...problemAnswer(416),
  id: 'Beyond',
  headers: z.object({
    'Content-Range': z.string().meta({ description: 'How long it is', example: 'bytes */1048576' }),
  }),
};

const getFile: ZodOpenApiOperationObject = {
  tags,
  operationId: 'getFile',
  summary: 'The bytes of a video, as they were uploaded',
  description: 'Ranges, validators and conditional requests as RFC 9110 has them.',
  requestParams: { path: videoParams, header: rangeConditions },
  responses: { 200: whole, 206: part, 302: elsewhere, 304: notModified, ...problems(404, 412), 416: beyond },
};

export const playbackPaths: ZodOpenApiPathsObject = {
  '/api/videos/{id}/file': {
    get: getFile,
    head: {
      ...getFile,
      operationId: 'headFile',
      summary: 'What GET would say of the bytes, without them; Range is ignored (RFC 9110 §14.2)',
      requestParams: { path: videoParams, header: conditions },
      responses: { 200: { description: 'What it is', headers: fields }, 304: notModified, ...problems(404, 412) },
    },
  },
  '/api/videos/{id}/hls/{playlist}': withHead('headPlaylist', {
    tags,
    operationId: 'getPlaylist',
    summary: 'An HLS playlist (RFC 8216): main.m3u8, and those that it names',
    description:
      'There from the moment on that `links.hls` is set. While processing goes on the lists grow and have no end. All that they name lies below this path, in CMAF segments.',
    requestParams: { path: videoParams.extend({ playlist: z.string().meta({ example: 'main.m3u8' }) }) },
    responses: {
      200: { description: 'The playlist', headers: made, content: { 'application/vnd.apple.mpegurl': bytes } },
      304: notModified,
      ...problems(404, 412),
    },
  }),
  '/api/videos/{id}/hls/{processingId}/{track}/{file}': withHead('headSegment', {
    tags,
    operationId: 'getSegment',
    summary: 'A segment, or the initialization segment, of a rendition or a sound track; it never changes',
    requestParams: {
      path: videoParams.extend({
        processingId: z.uuidv7(),
        track: z.string().meta({ example: '720p' }),
        file: z.string().meta({ example: '0.m4s' }),
      }),
      header: rangeConditions,
    },
    responses: {
      200: { description: 'The segment', headers: lasting, content: { 'video/mp4': bytes, 'audio/mp4': bytes } },
      206: { ...part, content: { 'video/mp4': bytes, 'audio/mp4': bytes } },
      302: elsewhere,
      304: notModified,
      ...problems(404, 412),
      416: beyond,
    },
  }),
  '/api/videos/{id}/poster.jpg': withHead('headPoster', {
    tags,
    operationId: 'getPoster',
    summary: 'A picture that stands for the video',
    requestParams: { path: videoParams },
    responses: { 200: jpeg, 302: elsewhere, 304: notModified, ...problems(404, 412) },
  }),
  '/api/videos/{id}/storyboard.vtt': withHead('headStoryboard', {
    tags,
    operationId: 'getStoryboard',
    summary: 'Which picture shows which moment, for scrubbing: WebVTT whose cues are addresses with #xywh',
    requestParams: { path: videoParams },
    responses: {
      200: { description: 'The storyboard', headers: made, content: { 'text/vtt': bytes } },
      304: notModified,
      ...problems(404, 412),
    },
  }),
  '/api/videos/{id}/storyboard/{processingId}/{sprite}': withHead('headSprite', {
    tags,
    operationId: 'getSprite',
    summary: 'Pictures of many moments in one, as the storyboard names it; it never changes',
    requestParams: {
      path: videoParams.extend({ processingId: z.uuidv7(), sprite: z.string().meta({ example: '0.jpg' }) }),
    },
    responses: { 200: { ...jpeg, headers: lasting }, 304: notModified, ...problems(404, 412) },
  }),
  '/api/videos/{id}/progress': {
    post: {
      tags,
      operationId: 'tellProgress',
      summary: 'Tell how far the player got, every few seconds and when it stops',
      requestParams: { path: videoParams },
      requestBody: { required: true, content: { 'application/json': { schema: z.strictObject(progress.shape) } } },
      responses: { 202: { description: 'It will not be lost any more' }, ...problems(403, 404, 408, 413, 415) },
    },
  },
};

import { studioQuery } from '@flixtube/contracts/http/studio';
import { uploadQuery, video, videoParams, videoPatch } from '@flixtube/contracts/http/video';
import { videoList, videoListQuery } from '@flixtube/contracts/http/video-list';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { etag, ifMatch, ifNoneMatch, jsonAnswer, notModified, problems } from './openapi-parts.ts';

const tags = ['Videos'];

export const videoPaths: ZodOpenApiPathsObject = {
  '/api/videos': {
    get: {
      tags,
      operationId: 'listVideos',
      summary: 'The public catalogue, or what a query finds in it',
      requestParams: { query: videoListQuery },
      responses: { 200: jsonAnswer('A page of it', videoList), ...problems() },
    },
    post: {
      tags,
      operationId: 'uploadVideo',
      summary: 'Upload a video: the file is the body',
      description:
        'Answered when the video is stored whole and can not be lost any more. An upload that breaks off leaves nothing behind. What it is is found out from its bytes.',
      requestParams: { query: uploadQuery },
      requestBody: {
        required: true,
        content: { 'video/*': { schema: { type: 'string', format: 'binary', description: 'The file, as it is' } } },
      },
      responses: {
        201: jsonAnswer(
          'The video',
          video,
          z.object({
            Location: z
              .string()
              .meta({ description: 'Its address', example: '/api/videos/0199b1f2-8c3a-7d44-9a51-3f0f6c6a1b2e' }),
          }),
        ),
        ...problems(403, 408, 413, 415),
      },
    },
  },
  '/api/studio/videos': {
    get: {
      tags,
      operationId: 'listOwnVideos',
      summary: 'Your own videos, the newest first',
      description: 'Whoever may see them, and however their processing went. Those of others are not among them.',
      requestParams: { query: studioQuery },
      responses: { 200: jsonAnswer('A page of them', videoList), ...problems() },
    },
  },
  '/api/videos/{id}/processing': {
    post: {
      tags,
      operationId: 'processVideo',
      summary: 'Have your video processed again',
      description: 'What can be played of it stays so until that has ended. 409 while it is being processed.',
      requestParams: { path: videoParams },
      responses: {
        202: jsonAnswer('The video', video, z.object({ Location: z.string().meta({ description: 'Its address' }) })),
        ...problems(403, 404, 409),
      },
    },
  },
  '/api/videos/{id}': {
    get: {
      tags,
      operationId: 'getVideo',
      summary: 'A video',
      requestParams: { path: videoParams, header: z.object({ 'If-None-Match': ifNoneMatch }) },
      responses: {
        200: jsonAnswer('The video', video, z.object({ ETag: etag })),
        304: notModified,
        ...problems(404, 412),
      },
    },
    patch: {
      tags,
      operationId: 'editVideo',
      summary: 'Change title, description or visibility of your video',
      requestParams: { path: videoParams, header: z.object({ 'If-Match': ifMatch }) },
      requestBody: { required: true, content: { 'application/json': { schema: videoPatch } } },
      responses: {
        200: jsonAnswer('The video as it is now', video, z.object({ ETag: etag })),
        ...problems(403, 404, 412, 413, 415, 428),
      },
    },
    delete: {
      tags,
      operationId: 'deleteVideo',
      summary: 'Remove your video, its file and every trace of it in histories, for good',
      requestParams: { path: videoParams, header: z.object({ 'If-Match': ifMatch.optional() }) },
      responses: { 204: { description: 'It is gone' }, ...problems(403, 404, 412) },
    },
  },
};

import { Readable } from 'node:stream';
import type { ByteClient } from '@flixtube/chassis/byte-client';
import { parse } from '@flixtube/chassis/http';
import type { JsonClient } from '@flixtube/chassis/json-client';
import { replacedCaption } from '@flixtube/contracts/http/internal';
import type { CaptionCatalogue, CaptionStore } from '../domain/captions.ts';
import { objectPath } from './object-path.ts';

const storingMs = 20_000;

/** The texts in video-storage, through its internal API. */
export function httpCaptionStore(bytes: Pick<ByteClient, 'put'>, json: Pick<JsonClient, 'delete'>): CaptionStore {
  return {
    async put(key, text) {
      await bytes.put(objectPath(key), Readable.from([text]), {
        signal: AbortSignal.timeout(storingMs),
        contentLength: text.length,
        contentType: 'text/vtt',
      });
    },
    async removeFolder(prefix) {
      await json.delete('/internal/objects', { params: { prefix } });
    },
  };
}

/** The catalogue behind metadata's internal API. */
export function httpCaptionCatalogue(json: Pick<JsonClient, 'put' | 'delete'>): CaptionCatalogue {
  const pathOf = (videoId: string, language: string) => `/internal/videos/${videoId}/captions/${language}`;
  return {
    async put(videoId, viewerId, { language, label, key }) {
      const { data } = await json.put(pathOf(videoId, language), { viewerId, label, key });
      return parse(replacedCaption, data);
    },
    async remove(videoId, viewerId, language) {
      const { data } = await json.delete(pathOf(videoId, language), { params: { viewerId } });
      return parse(replacedCaption, data).replaced;
    },
  };
}

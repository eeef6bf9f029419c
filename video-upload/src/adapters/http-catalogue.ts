import type { JsonClient } from '@flixtube/chassis/json-client';
import type { AnnouncedVideo } from '@flixtube/contracts/http/internal';
import type { Catalogue } from '../domain/ingest.ts';

const patienceMs = 2_000;

/** The catalogue behind metadata's internal API; an announcement takes 2 s at most, retries and all. */
export function httpCatalogue(json: Pick<JsonClient, 'put'>): Catalogue {
  return {
    async announce({ startedAt: _, storedAt, ...data }) {
      const announced: AnnouncedVideo = { ...data, createdAt: storedAt.toISOString() };
      await json.put(`/internal/videos/${data.videoId}`, announced, { timeout: patienceMs });
    },
  };
}

import { json, parse, route } from '@flixtube/chassis/http';
import { viewerOf } from '@flixtube/chassis/identity';
import { progress } from '@flixtube/contracts/http/progress';
import { videoParams } from '@flixtube/contracts/http/video';
import type { Router } from 'express';
import { z } from 'zod';
import type { PlayableVideos } from '../domain/playable-videos.ts';
import type { PlaybackQuality } from '../domain/playback-quality.ts';
import type { PlaybackReports } from '../domain/playback-reports.ts';

const noQuery = z.strictObject({});
const body = progress.strict();
const mostBytes = 4 * 1024;

/** POST /api/videos/:id/progress: 202 when what was watched cannot be lost any more. */
export function postProgress(
  router: Router,
  o: { videos: Pick<PlayableVideos, 'find'>; reports: PlaybackReports; quality: Pick<PlaybackQuality, 'note'> },
): void {
  route(router, '/api/videos/:id/progress', {
    POST: [
      json(mostBytes),
      async (req, res) => {
        const viewerId = viewerOf(req);
        const { id } = parse(videoParams, req.params);
        parse(noQuery, req.query);
        const report = parse(body, req.body);
        await o.videos.find(id, viewerId);
        // Who tells that it broke before anything was played is where they were before.
        if (report.watchedSeconds > 0) await o.reports.tell({ ...report, videoId: id, viewerId });
        o.quality.note({ ...report, videoId: id, viewerId });
        res.status(202).end();
      },
    ],
  });
}

import type { Response } from 'express';
import type { Delivery } from '../domain/delivery.ts';
import type { PlayableVideo } from '../domain/playable-video.ts';

/**
 * Answers with where the bytes are (RFC 9110 §15.4.3). A range and the conditions that the viewer has sent go there with
 * the next request. Nothing keeps the answer, so that who may watch is asked each time; the address is told nobody as a
 * referrer.
 */
export async function redirect(
  res: Response,
  { delivery, video, key }: { delivery: Delivery; video: PlayableVideo; key: string },
): Promise<void> {
  const { url } = await delivery.addressOf(key, video);
  res
    .status(302)
    .set({ Location: url, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'Content-Length': '0' })
    .end();
}

import type { Caption } from '@flixtube/contracts/http/captions';
import { request, withQuery } from './http.ts';
import { address } from './videos.ts';

const track = (videoId: string, language: string) => `${address(videoId)}/captions/${encodeURIComponent(language)}.vtt`;

/**
 * Makes a text the captions of a video in a language, in place of those that it may have. The text's type says whether
 * it is WebVTT or SRT. Without a label they are called as the language calls itself.
 *
 * @throws ApiError whose fields name the line that cannot be read (`body`), or the `label`
 */
export async function putCaption(
  videoId: string,
  caption: { language: string; label: string; text: Blob },
): Promise<Caption> {
  const path = withQuery(track(videoId, caption.language), { label: caption.label });
  return (await request<Caption>(path, { method: 'PUT', body: caption.text })).body;
}

/** Removes the captions of a video in a language. */
export async function removeCaption(videoId: string, language: string): Promise<void> {
  await request(track(videoId, language), { method: 'DELETE' });
}

import type { ApiError } from '../api/api-error.ts';

/** Why a video does not play, and what can be done. */
export type Trouble =
  /** The bytes do not come: try again by itself. */
  | { kind: 'connection'; detail: string }
  /** The bytes come, and this browser cannot make a picture of them. */
  | { kind: 'format'; detail: string }
  /** The server says no, and will not say anything else. */
  | { kind: 'refused'; detail: string };

/** Milliseconds before each try by itself; after the last, somebody has to ask for it. */
const delays = [1000, 2000, 4000, 8000, 15_000, 30_000];

/** How long to wait before the next try after `tries` in vain; null when trying by itself has an end. */
export const retryDelay = (tries: number): number | null => delays[tries] ?? null;

/** The connection to the server is lost. */
export const cut: Trouble = { kind: 'connection', detail: 'The connection to FlixTube broke.' };

/** How long a player may wait for bytes, in milliseconds, before the connection counts as lost. */
export const stallTime = 20_000;

/**
 * What a media error means. A browser says "not supported" of everything that it could not begin, a server that is
 * down included, so for that one the file itself is asked: `refusal` is what the server said, null when it sent bytes.
 */
export function troubleOf(code: number, refusal: ApiError | null): Trouble {
  if (code === MediaErrorCode.decode) {
    return {
      kind: 'format',
      detail: 'The video is damaged at this point, or its format is one this browser cannot decode.',
    };
  }
  if (refusal && !refusal.transient) return { kind: 'refused', detail: refusal.message };
  if (code === MediaErrorCode.notSupported && !refusal) {
    return { kind: 'format', detail: 'This browser cannot play this kind of file. Another browser may.' };
  }
  return { kind: 'connection', detail: refusal?.message ?? 'The connection to FlixTube broke.' };
}

/** Of HTMLMediaElement.error.code. */
export const MediaErrorCode = { network: 2, decode: 3, notSupported: 4 } as const;

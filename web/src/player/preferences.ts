import { speeds } from './keys.ts';

/** How this viewer likes to watch, on this device. */
export interface Preferences {
  /** 0 to 1. */
  volume: number;
  muted: boolean;
  speed: number;
  theatre: boolean;
  /** The language of the captions that are shown, null when none are. */
  captions: string | null;
  /** The language of the captions that were shown last, also when none are now; null when none ever were. */
  captionsLanguage: string | null;
}

const storageKey = 'flixtube.player';
const usual: Preferences = {
  volume: 1,
  muted: false,
  speed: 1,
  theatre: false,
  captions: null,
  captionsLanguage: null,
};

/** What a text says of the preferences; what it does not say, or says wrongly, is as usual. */
export function parsePreferences(text: string | null): Preferences {
  let said: Partial<Record<keyof Preferences, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    if (typeof parsed === 'object' && parsed) said = parsed;
  } catch {
    // It was written by something else.
  }
  const { volume, muted, speed, theatre } = said;
  const captions = typeof said.captions === 'string' ? said.captions : null;
  return {
    volume: typeof volume === 'number' && volume >= 0 && volume <= 1 ? volume : usual.volume,
    muted: muted === true,
    speed: typeof speed === 'number' && speeds.includes(speed) ? speed : usual.speed,
    theatre: theatre === true,
    captions,
    captionsLanguage: typeof said.captionsLanguage === 'string' ? said.captionsLanguage : captions,
  };
}

export function preferences(): Preferences {
  try {
    return parsePreferences(localStorage.getItem(storageKey));
  } catch {
    return usual;
  }
}

export function prefer(some: Partial<Preferences>): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify({ ...preferences(), ...some }));
  } catch {
    // Storage is blocked: they hold for this video.
  }
}

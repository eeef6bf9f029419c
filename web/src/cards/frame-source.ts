import type { Video } from '@flixtube/contracts/http/video';

/**
 * How many frames are fetched at once. A browser has six connections to a server (HTTP/1.1): with more, pictures would
 * keep the API and the player waiting.
 */
const atOnce = 2;
/** How many frames are kept; a jpeg of 480 pixels has some 20 kB. */
const kept = 300;
/** How wide a frame is kept, in pixels: a card on a screen of double density. */
const frameWidth = 480;
/** What a frame may take, in milliseconds, before the next gets its turn. */
const deadline = 15_000;

/** What a look at a video's file tells. */
export interface Frame {
  /** A picture out of it, as a blob URL. */
  url: string;
  /** Null when the file does not say. */
  durationSeconds: number | null;
}

const frames = new Map<string, Frame>();
const waiting: (() => void)[] = [];
let running = 0;

/** The frame of a video that was taken earlier on this page. */
export const knownFrame = (id: string): Frame | undefined => frames.get(id);

/**
 * Takes a picture out of a video's file. The video element that it takes lives for this
 * moment only: nothing is decoded or held open afterwards. Rejects when the browser cannot play the file, or when the
 * signal says that nobody looks any more.
 */
export async function takeFrame({ id, links }: Video, signal: AbortSignal): Promise<Frame> {
  const release = await turn(signal);
  try {
    const known = frames.get(id);
    if (known) return known;
    const frame = await capture(links.file, signal);
    remember(id, frame);
    return frame;
  } finally {
    release();
  }
}

/** Waits for one of the places; answers how to give it back. */
async function turn(signal: AbortSignal): Promise<() => void> {
  while (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  const release = () => {
    running -= 1;
    waiting.shift()?.();
  };
  if (signal.aborted) release();
  signal.throwIfAborted();
  return release;
}

function remember(id: string, frame: Frame): void {
  frames.set(id, frame);
  const [oldest] = frames;
  if (frames.size <= kept || !oldest) return;
  frames.delete(oldest[0]);
  URL.revokeObjectURL(oldest[1].url);
}

async function capture(file: string, signal: AbortSignal): Promise<Frame> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(deadline)]);
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.preload = 'metadata';
  try {
    video.src = file;
    await happens(video, 'loadedmetadata', limited);
    const url = URL.createObjectURL(await picture(video, limited));
    return { url, durationSeconds: Number.isFinite(video.duration) ? video.duration : null };
  } finally {
    // This, and only this, makes a browser let go of the connection and the decoder.
    video.removeAttribute('src');
    video.load();
  }
}

function happens(video: HTMLVideoElement, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const options = { once: true, signal };
    video.addEventListener(event, () => resolve(), options);
    video.addEventListener('error', () => reject(video.error), options);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** How far into a video a frame is looked for, as shares of it: the very beginning is often black, and so are cuts. */
const places = [0.2, 0.35, 0.5];
/** Where to look when the length is not known, in seconds. */
const blindPlace = 1;

async function picture(video: HTMLVideoElement, signal: AbortSignal): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.min(frameWidth, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
  for (const share of places) {
    video.currentTime = Number.isFinite(video.duration) ? Math.min(video.duration * share, share * 150) : blindPlace;
    await happens(video, 'seeked', signal);
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) await happens(video, 'loadeddata', signal);
    canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
    if (!isBlack(canvas)) break;
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.82));
  if (!blob) throw new Error('the browser gave no picture of the video');
  return blob;
}

/** Whether there is nothing to see: a dark scene, or a decoder that was not ready when it said so. */
function isBlack(picture: HTMLCanvasElement): boolean {
  const small = document.createElement('canvas');
  [small.width, small.height] = [16, 9];
  const context = small.getContext('2d');
  context?.drawImage(picture, 0, 0, small.width, small.height);
  const pixels = context?.getImageData(0, 0, small.width, small.height).data ?? new Uint8ClampedArray();
  return pixels.every((value, index) => index % 4 === 3 || value < 20);
}

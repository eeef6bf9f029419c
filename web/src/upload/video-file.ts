import { formatBytes } from '../ui/format.ts';

/** What the server is told of a file whose type the browser does not know, by the end of its name. */
const typesByExtension: Record<string, string> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  avi: 'video/x-msvideo',
  ogv: 'video/ogg',
  mpg: 'video/mpeg',
  mpeg: 'video/mpeg',
  ts: 'video/mp2t',
  m2ts: 'video/mp2t',
  wmv: 'video/x-ms-wmv',
  flv: 'video/x-flv',
  '3gp': 'video/3gpp',
};

/** For a file field: videos, and the names of those that browsers do not know to be one. */
export const acceptedFiles = ['video/*', ...Object.keys(typesByExtension).map((extension) => `.${extension}`)].join(
  ',',
);

interface FileLike {
  name: string;
  type: string;
  size: number;
}

const extensionOf = (name: string) => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';

/** A file's media type when it seems to be a video, else null. The server looks at the bytes, and has the last word. */
export function videoTypeOf({ name, type }: FileLike): string | null {
  if (type.startsWith('video/')) return type;
  // Some systems call .ts a text, and know nothing of .mkv.
  return typesByExtension[extensionOf(name)] ?? null;
}

/** Why a file cannot be uploaded, for a person; null when it can. `maxBytes`: the server's limit, null if unknown. */
export function refusalOf(file: FileLike, maxBytes: number | null = null): string | null {
  if (videoTypeOf(file) === null) {
    return `“${file.name}” is not a video. Choose a file such as MP4, WebM, MOV or MKV.`;
  }
  if (file.size === 0) return `“${file.name}” is empty. Has it been copied or downloaded completely?`;
  if (maxBytes !== null && file.size > maxBytes) {
    return `“${file.name}” is too large: it has ${formatBytes(file.size)}, and FlixTube takes ${formatBytes(maxBytes)} at most.`;
  }
  return null;
}

/** How long a title may be, in characters. */
const maxTitle = 200;

/** A title to begin with, from a file's name: `my_trip-to.Rome.mp4` is `My trip to Rome`. */
export function titleFrom(name: string): string {
  const words = name
    .replace(/\.[^.]{1,5}$/, '')
    .replace(/[\s_.-]+/g, ' ')
    .trim();
  return (words.charAt(0).toUpperCase() + words.slice(1)).slice(0, maxTitle).trim();
}

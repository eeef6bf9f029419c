/*
 * As much of HLS (RFC 8216) as a viewer of FlixTube needs.
 */

/** The media playlists that a multivariant playlist names: of pictures, of the first sound, or the only one there is. */
export function ratesOf(text) {
  const lines = text.split('\n');
  const names = lines.filter((_, at) => at > 0 && lines[at - 1].startsWith('#EXT-X-STREAM-INF'));
  const [, audio] = /^#EXT-X-MEDIA:TYPE=AUDIO,.*URI="([^"]+)"/m.exec(text) || [];
  const video = names.filter((name) => !name.startsWith('audio'));
  return { video, audio, only: names[0] };
}

/** A media playlist: its initialization segment and its segments, each with the seconds at which it begins and ends. */
export function playlist(text, base) {
  const [, map, bytes] = /^#EXT-X-MAP:URI="([^"]+)"(?:,BYTERANGE="([^"]+)")?/m.exec(text) || [];
  const segments = [];
  let from = 0;
  let seconds = 0;
  let range;
  for (const line of text.split('\n')) {
    const [, duration] = /^#EXTINF:([\d.]+)/.exec(line) || [];
    if (duration !== undefined) seconds = Number(duration);
    else if (line.startsWith('#EXT-X-BYTERANGE:')) range = rangeOf(line.slice(line.indexOf(':') + 1));
    else if (line !== '' && !line.startsWith('#')) {
      segments.push({ from, to: from + seconds, url: base + line, range });
      from += seconds;
      range = undefined;
    }
  }
  return { init: { url: base + map, range: bytes && rangeOf(bytes) }, segments, duration: from };
}

/** The segments that begin between two moments. */
export function segmentsOf({ segments }, from, to) {
  return segments.filter((one) => one.from >= from - 0.01 && one.from < to - 0.01);
}

function rangeOf(text) {
  const [length, start] = text.split('@').map(Number);
  return `bytes=${start}-${start + length - 1}`;
}

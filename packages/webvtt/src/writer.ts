/** Some text, and when and where it is shown. */
export interface Cue {
  /** In milliseconds from the beginning, whole numbers; `end` is greater. */
  start: number;
  end: number;
  /** As in WebVTT §3.3, with a space before each; empty for none. */
  settings: string;
  /** Safe to write: as `cueText` makes it. */
  text: string;
}

/** WebVTT of the cues, in their order; of those only that fit into so many bytes, from the first on. */
export function webVttOf(cues: readonly Cue[], mostBytes = Number.POSITIVE_INFINITY): string {
  let written = 'WEBVTT\n';
  let bytes = written.length;
  for (const { start, end, settings, text } of cues) {
    const cue = `\n${clock(start)} --> ${clock(end)}${settings}\n${text}\n`;
    bytes += Buffer.byteLength(cue);
    if (bytes > mostBytes) break;
    written += cue;
  }
  return written;
}

function clock(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = `${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${seconds}`;
}

/** What captions are accepted as: the media type that the API takes for the end of a file's name. */
const types: Record<string, string> = { vtt: 'text/vtt', srt: 'application/x-subrip' };

/** For a file field's `accept`. */
export const acceptedCaptions = Object.keys(types)
  .map((end) => `.${end}`)
  .join();

/** What the server takes at most, in bytes. */
const mostBytes = 2 ** 20;

/** The file with the type that the API wants; or, in a sentence, why it cannot be taken. */
export function captionText(file: Blob & { name: string }): { text: Blob } | { refusal: string } {
  const end = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? '';
  const type = types[end];
  if (!type) return { refusal: `“${file.name}” is no captions file. Choose one that ends with .vtt or .srt.` };
  if (file.size === 0) return { refusal: `“${file.name}” is empty.` };
  if (file.size > mostBytes) return { refusal: `“${file.name}” is larger than 1 MB, which is the most.` };
  return { text: file.slice(0, file.size, type) };
}

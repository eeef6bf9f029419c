/** What WebVTT has for a cue's text (WebVTT §3.2.2); what any other tag would be is text. */
const known = new Set(['b', 'i', 'u', 'v', 'c', 'lang', 'ruby', 'rt']);
const annotated = new Set(['v', 'lang']);
const timestamp = /^(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}$/;
const characterReference = /&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\d{1,7}|#x[\da-f]{1,6});)/gi;

/**
 * The text of a cue as we write it: known tags, each closed where it has to be; all else that could be a tag is escaped.
 * Moments within a cue are left out.
 */
export function cueText(text: string): string {
  const open: string[] = [];
  let written = '';
  // No tag begins within another, so this reads each character once.
  for (const part of text.split(/(<[^<>]*>)/)) {
    const tag = part.startsWith('<') && part.endsWith('>') ? part.slice(1, -1) : undefined;
    if (tag === undefined) written += escaped(part);
    else if (!timestamp.test(tag)) written += writtenTag(tag, open) ?? escaped(part);
  }
  return written + close(open, 0);
}

/** A text that has no tags, such as the title of a chapter, in one line as the text of a cue. */
export function plainCueText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replace(/\s+/g, ' ').trim();
}

/** The tag, which changes what is open; undefined when it is none. */
function writtenTag(tag: string, open: string[]): string | undefined {
  const [, slash, name = '', classes = '', annotation = ''] =
    /^(\/?)([a-z]+)((?:\.[\w-]+)*)(?:\s(.*))?$/is.exec(tag) ?? [];
  const lower = name.toLowerCase();
  if (!known.has(lower)) return undefined;
  if (slash === '/') {
    const index = open.lastIndexOf(lower);
    return index === -1 ? '' : close(open, index);
  }
  open.push(lower);
  const words = annotated.has(lower) ? escaped(annotation.replace(/\s+/g, ' ').trim()) : '';
  return `<${lower}${classes}${words === '' ? '' : ` ${words}`}>`;
}

/** Closes the innermost down to this one. */
function close(open: string[], index: number): string {
  return open
    .splice(index)
    .reverse()
    .map((name) => `</${name}>`)
    .join('');
}

function escaped(text: string): string {
  return text.replace(characterReference, '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A piece of a text, which begins at `start` in it; an address when it has an href. */
export interface Piece {
  start: number;
  text: string;
  href?: string;
}

/** An address as people write it in a text: http or https, and nothing else. */
const address = /https?:\/\/[^\s<>"“”]+/gi;
/** What ends a sentence, and not an address. */
const trailing = /[.,;:!?'’…]+$/;

/** Cuts a text into plain pieces and addresses. Only http and https become links, and nothing of it is HTML. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const found = withoutTail(match[0]);
    if (!URL.canParse(found)) continue;
    if (match.index > end) pieces.push({ start: end, text: text.slice(end, match.index) });
    pieces.push({ start: match.index, text: found, href: new URL(found).href });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push({ start: end, text: text.slice(end) });
  return pieces;
}

/** Without the full stop after it, and the bracket around it; a bracket that it opened itself stays: …/Foo_(bar). */
function withoutTail(found: string): string {
  const shorter = found.replace(trailing, '');
  const opened = shorter.split('(').length;
  const closed = shorter.split(')').length;
  if (shorter.endsWith(')') && closed > opened) return withoutTail(shorter.slice(0, -1));
  return shorter;
}

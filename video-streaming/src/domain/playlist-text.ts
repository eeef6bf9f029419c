/** Lines as the text of a playlist. */
export function playlistOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/** A quoted string has neither quotes nor line breaks (RFC 8216 §4.2), and no way to escape them. */
export function quoted(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return value.replace(/["\u0000-\u001f\u007f]/g, ' ').slice(0, 200);
}

/** Names for what is in a group, which have to differ (RFC 8216 §4.3.4.1.1): the labels, with a number where needed. */
export function namesOf(labels: readonly string[]): string[] {
  const taken = new Set<string>();
  return labels.map((label, index) => {
    let name = quoted(label);
    for (let n = index + 1; name === '' || taken.has(name); n += 1) name = quoted(`${label || 'Track'} ${n}`);
    taken.add(name);
    return name;
  });
}

/** A document as it is committed. */
export function textOf(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Two hues (degrees) for a video that has no picture yet: always the same ones for the same id, and not alike. */
export function posterHues(id: string): [number, number] {
  // FNV-1a: short, and ids that differ in one digit end far apart.
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193) >>> 0;
  }
  const first = hash % 360;
  return [first, (first + 40 + ((hash >>> 9) % 80)) % 360];
}

/** Where video-storage has the object of a key. */
export function objectPath(key: string): string {
  return `/internal/objects/${key.split('/').map(encodeURIComponent).join('/')}`;
}

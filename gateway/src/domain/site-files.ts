/** A way to send a file that its reader has to undo (RFC 9110 §8.4); `identity` is as it is. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** A file of a web site, as it was when it was read. */
export interface SiteFile {
  contentType: string;
  /** Those it can be had in, the one that saves most first. */
  encodings: readonly Encoding[];
  /** Its bytes in one of `encodings`, and the strong validator of just these. */
  content(encoding: Encoding): Promise<{ bytes: Buffer; etag: string }>;
}

/** The files below one folder. */
export interface SiteFiles {
  /** @param path decoded, with a slash at its beginning; undefined for what isn't there or isn't meant for anyone */
  find(path: string): Promise<SiteFile | undefined>;
}

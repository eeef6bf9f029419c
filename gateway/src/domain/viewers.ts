/** How long a visitor is remembered after their last visit, in seconds: a year. */
export const viewerLifetimeSeconds = 365 * 24 * 3600;

/** A pass older than this is renewed, so that whoever comes back within a year stays who they are. */
export const renewAfterSeconds = 7 * 24 * 3600;

/** Visitors without an account: each browser is a viewer, by a pass that only we can make. */
export interface Viewers {
  newViewer(): string;
  pass(viewerId: string): Promise<string>;
  /** Undefined for a pass that is forged, damaged or too old: its bearer is a new viewer, and that is no error. */
  recognise(pass: string): Promise<{ viewerId: string; ageSeconds: number } | undefined>;
}

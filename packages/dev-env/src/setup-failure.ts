/** What keeps an environment from coming up, in words for the person who started it: what is wrong, and what to do. */
export class SetupFailure extends Error {
  override readonly name = 'SetupFailure';
}

/** The text of any thrown value. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

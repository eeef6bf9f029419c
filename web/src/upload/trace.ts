/**
 * A `traceparent` (W3C Trace Context) that begins a trace, by Web Crypto. Its flags are 0: nothing is recorded in the
 * browser, and whether the servers do is up to them.
 */
export function newTrace(): string {
  return `00-${hex(16)}-${hex(8)}-00`;
}

function hex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}

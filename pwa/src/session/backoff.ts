const FIRST_MS = 2_000;
const LAST_MS = 300_000;

/**
 * Milliseconds until the next try after so many failures in a row: full jitter, so that phones that lost the server
 * together do not come back together. `after` is the server's own wish in seconds and is never undercut.
 */
export function backoff(failures: number, after: number | null, chance: number = Math.random()): number {
  const ceiling = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  const own = Math.max(FIRST_MS, ceiling * chance);
  return after === null ? own : Math.max(after * 1000, own);
}

/** The only reader of time on the phone. A demo instance runs ahead of the world by an offset the server tells us. */

let offsetMs = 0;

/** Milliseconds since 1970 on the app's clock. */
export function now(): number {
  return Date.now() + offsetMs;
}

/** The app's clock as an ISO instant in UTC. */
export function nowInstant(): string {
  return new Date(now()).toISOString();
}

/** Sets how far the app's clock runs ahead, in seconds; the store keeps the figure for the next start. */
export function setOffset(seconds: number): void {
  offsetMs = seconds * 1000;
}

/** How far the app's clock runs ahead of the device's, in seconds. */
export function offset(): number {
  return offsetMs / 1000;
}

/** The calendar day (YYYY-MM-DD) of an instant in a zone; an unknown zone falls back to the device's own. */
export const dayIn = (zone: string, at: number = now()): string =>
  formatter('en-CA', zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making one costs far more than using it, so each is made once. An unknown zone falls back to the device's own. */
export function formatter(locale: string, zone: string, want: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, zone, want]);
  const made = formatters.get(key) ?? newFormatter(locale, zone, want);
  formatters.set(key, made);
  return made;
}

function newFormatter(locale: string, timeZone: string, want: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...want, timeZone });
  } catch {
    return new Intl.DateTimeFormat(locale, want);
  }
}

/** Monotonic milliseconds, for waiting and measuring only. */
export function ticks(): number {
  return performance.now();
}

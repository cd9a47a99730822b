/** Days and hours as a desk reads them: "26 October to 8 November", never "10/26". */

/** Formats one piece at a time, so the words do not change with the browser's own order and commas. */
function piece(at: Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(at);
}

function dayAndMonth(at: Date, zone: string): string {
  return `${piece(at, zone, { day: 'numeric' })} ${piece(at, zone, { month: 'long' })}`;
}

/** A calendar day has no zone; noon in UTC keeps it the same day while it is being formatted. */
function noonOf(day: string): Date {
  return new Date(`${day}T12:00:00Z`);
}

/** `2026-10-26` becomes "26 October 2026". */
export function wholeDay(day: string): string {
  return `${dayAndMonth(noonOf(day), 'UTC')} ${day.slice(0, 4)}`;
}

/** Both days are inside the span. The month, and the year, are said once when both days share them. */
export function span(first: string, last: string): string {
  if (first.slice(0, 4) !== last.slice(0, 4)) return `${wholeDay(first)} to ${wholeDay(last)}`;
  const end = dayAndMonth(noonOf(last), 'UTC');
  const sameMonth = first.slice(0, 7) === last.slice(0, 7);
  const start = noonOf(first);
  return `${sameMonth ? piece(start, 'UTC', { day: 'numeric' }) : dayAndMonth(start, 'UTC')} to ${end}`;
}

/** An instant as the day it is in `zone`: "16 November". */
export function dayOf(instant: string, zone: string): string {
  return dayAndMonth(new Date(instant), zone);
}

/** An instant as the weekday it is in `zone`: "Monday 30 November". */
export function weekdayOf(instant: string, zone: string): string {
  const at = new Date(instant);
  return `${piece(at, zone, { weekday: 'long' })} ${dayAndMonth(at, zone)}`;
}

/** An instant as the clock on the wall shows it in `zone`: "07:00". */
export function hourOf(instant: Date | string, zone: string): string {
  return piece(new Date(instant), zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

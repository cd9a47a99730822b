/** Spans of days as a desk reads them: "26 October to 8 November", never "10/26". */
import { dayAndMonth, dayOf } from '../../parts/dates';

/** A calendar day has no zone; noon in UTC keeps it the same day while it is being worded. */
const noonOf = (day: string) => `${day}T12:00:00Z`;

/** `2026-10-26` becomes "26 October 2026". */
export function wholeDay(day: string): string {
  return `${dayAndMonth(noonOf(day), 'UTC')} ${day.slice(0, 4)}`;
}

/** Both days are inside the span. The month, and the year, are said once when both days share them. */
export function span(first: string, last: string): string {
  if (first.slice(0, 4) !== last.slice(0, 4)) return `${wholeDay(first)} to ${wholeDay(last)}`;
  const start = noonOf(first);
  const sameMonth = first.slice(0, 7) === last.slice(0, 7);
  return `${sameMonth ? dayOf(start, 'UTC').day : dayAndMonth(start, 'UTC')} to ${dayAndMonth(noonOf(last), 'UTC')}`;
}

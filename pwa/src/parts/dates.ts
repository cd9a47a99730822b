import { formatter, now } from '../clock';

/** Days and times as a person says them, in their own zone. `at` is an instant or milliseconds. */
type At = string | number;

const ms = (at: At) => (typeof at === 'number' ? at : Date.parse(at));

function parts(at: At, zone: string, want: Intl.DateTimeFormatOptions): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { type, value } of formatter('en-GB', zone, want).formatToParts(ms(at))) found[type] = value;
  return found;
}

/** "Thursday 19 November" */
export function longDay(at: At, zone: string): string {
  const found = parts(at, zone, { weekday: 'long', day: 'numeric', month: 'long' });
  return `${found.weekday} ${found.day} ${found.month}`;
}

/** "19 November" */
export function dayAndMonth(at: At, zone: string): string {
  const found = parts(at, zone, { day: 'numeric', month: 'long' });
  return `${found.day} ${found.month}`;
}

/** "Thursday" */
export const weekday = (at: At, zone: string) => parts(at, zone, { weekday: 'long' }).weekday ?? '';

/** "23:00" */
export function time(at: At, zone: string): string {
  const found = parts(at, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return `${found.hour}:${found.minute}`;
}

/** Year, month 1-12 and day 1-31 in the zone. */
export function dayOf(at: At, zone: string): { year: number; month: number; day: number } {
  const found = parts(at, zone, { year: 'numeric', month: 'numeric', day: 'numeric' });
  return { year: Number(found.year), month: Number(found.month), day: Number(found.day) };
}

const whole = ({ year, month, day }: { year: number; month: number; day: number }) =>
  Date.UTC(year, month - 1, day) / 86_400_000;

/** Calendar days from today to then: 0 today, -1 yesterday, 1 tomorrow. */
export const daysAway = (at: At, zone: string): number => whole(dayOf(at, zone)) - whole(dayOf(now(), zone));

/** "Today", "Yesterday", "Tomorrow", "Thursday" within a week, else "19 November". */
export function nearDay(at: At, zone: string): string {
  const away = daysAway(at, zone);
  if (away === 0) return 'Today';
  if (away === -1) return 'Yesterday';
  if (away === 1) return 'Tomorrow';
  return Math.abs(away) < 7 ? weekday(at, zone) : dayAndMonth(at, zone);
}

/** Which part of the day it is now, for words such as "Not tonight". */
export function partOfDay(zone: string): 'morning' | 'day' | 'night' {
  const hour = Number(time(now(), zone).slice(0, 2));
  if (hour >= 17 || hour < 5) return 'night';
  return hour < 12 ? 'morning' : 'day';
}

import { dayIn, now } from '../../clock';
import type { Day, Rhythm, Slot } from '../../contract';
import { longDate } from './journal-days';

/** Times offered when one more prompt a week is chosen, on days that are still free. */
const OFFERED: Omit<Slot, 'protocol'>[] = [
  { weekday: 2, time: '20:30' },
  { weekday: 6, time: '10:00' },
  { weekday: 0, time: '20:30' },
  { weekday: 4, time: '20:30' },
  { weekday: 1, time: '20:30' },
  { weekday: 3, time: '20:30' },
  { weekday: 5, time: '10:00' },
];
export const WEEKLY_MOST = 4;

/** As many slots as wanted: the first ones stay, new ones fall on free days and ask what is due. */
export function slotsFor(count: number, slots: Slot[]): Slot[] {
  const kept = slots.slice(0, count);
  for (const offer of OFFERED) {
    if (kept.length >= count) break;
    if (!kept.some((slot) => slot.weekday === offer.weekday)) kept.push({ ...offer, protocol: null });
  }
  return kept;
}

/** How many prompts a week may come at most, by slots and shifts together. */
export const perWeek = ({ slots, weekly_cap, after_shift }: Rhythm): number =>
  after_shift ? weekly_cap : Math.min(slots.length, weekly_cap);

/** What another number a week means: prompts after a shift fill what the chosen times leave, else times are added. */
export function forPerWeek(count: number, rhythm: Rhythm): Partial<Rhythm> {
  if (count === 0) return { slots: [], after_shift: false };
  const slots = rhythm.after_shift ? rhythm.slots.slice(0, count) : slotsFor(count, rhythm.slots);
  return { slots, weekly_cap: count };
}

const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const later = (a: number, b: number) => (((a - b) % 1440) + 1440) % 1440;

/** Part of the way from one noon, or another time of day, to the next; 0 to 1. */
export const along = (time: string, from: string) => later(minutes(time), minutes(from)) / 1440;

/** A prompt needs this many minutes before quiet hours begin; the planner's own rule. */
const ROOM = 15;

/** Whether a prompt at this time could come: outside quiet hours and not right before them. Equal ends: no quiet hours. */
export function fits(time: string, from: string, to: string): boolean {
  if (from === to) return true;
  const [at, start, end] = [minutes(time), minutes(from), minutes(to)];
  return later(at, start) >= later(end, start) && later(start, at) >= ROOM;
}

const DAY_MS = 86_400_000;
const FRIDAY = 5;

/** A calendar day so many days on. */
export const dayAfter = (day: Day, days: number): Day =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

export const today = (zone: string): Day => dayIn(zone, now());

/** The next Friday after today: nights end with the sleep of that day. */
export function comingFriday(zone: string): Day {
  const from = today(zone);
  const weekday = new Date(`${from}T00:00:00Z`).getUTCDay();
  return dayAfter(from, ((FRIDAY - weekday + 6) % 7) + 1);
}

/** Whether they are on nights now; the last day counts until its evening, which only the server minds. */
export const onNights = ({ nights_until, zone }: Rhythm): boolean =>
  nights_until !== null && nights_until >= today(zone);

const named = (day: Day) =>
  new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`));

/** "Friday" within a week, else "Friday 4 December". */
export const nightsTill = (day: Day, zone: string): string =>
  day <= dayAfter(today(zone), 7) ? named(day) : longDate(day);

/** The zone this phone is set to. */
export const phoneZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** "New York" of "America/New_York". */
export const placeOf = (zone: string): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

import { signal } from '@preact/signals';
import { Offline } from '../../api';
import type { Rhythm, Slot } from '../../contract';
import { refreshRhythm, saveRhythm } from '../../session';

export type RhythmState = 'loading' | 'ready' | 'offline' | 'failed';

export const rhythm = signal<Rhythm | null>(null);
export const rhythmState = signal<RhythmState>('loading');

/** Reads the times from the server; the last ones known stay on the screen when it cannot be reached. */
export async function readRhythm(): Promise<void> {
  if (!rhythm.value) rhythmState.value = 'loading';
  await settle(refreshRhythm());
}

/** Shows the change at once and keeps it; what could not be kept is put back as it was. True when it was kept. */
export async function changeRhythm(change: Partial<Rhythm>): Promise<boolean> {
  const before = rhythm.value;
  if (!before) return false;
  rhythm.value = { ...before, ...change };
  const kept = await settle(saveRhythm(rhythm.value));
  if (!kept) rhythm.value = before;
  return kept;
}

async function settle(asked: Promise<Rhythm>): Promise<boolean> {
  try {
    rhythm.value = await asked;
    rhythmState.value = 'ready';
    return true;
  } catch (error) {
    rhythmState.value = error instanceof Offline ? 'offline' : 'failed';
    return false;
  }
}

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

/** As many slots as wanted: the first ones stay, new ones fall on free days and take the check-ins in turn. */
export function slotsFor(count: number, slots: Slot[], protocols: string[]): Slot[] {
  const kept = slots.slice(0, count);
  for (const offer of OFFERED) {
    if (kept.length >= count) break;
    const protocol = protocols[kept.length % Math.max(1, protocols.length)];
    if (protocol && !kept.some((slot) => slot.weekday === offer.weekday)) kept.push({ ...offer, protocol });
  }
  return kept;
}

const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Part of the way from noon to noon, 0 to 1. */
export const fromNoon = (time: string) => ((((minutes(time) - 720) % 1440) + 1440) % 1440) / 1440;

/** A prompt needs this many minutes before quiet hours begin; the planner's own rule. */
const ROOM = 15;

/** Whether a prompt at this time could come: outside quiet hours and not right before them. Equal ends: no quiet hours. */
export function fits(time: string, from: string, to: string): boolean {
  if (from === to) return true;
  const [at, start, end] = [minutes(time), minutes(from), minutes(to)];
  const later = (a: number, b: number) => (((a - b) % 1440) + 1440) % 1440;
  return later(at, start) >= later(end, start) && later(start, at) >= ROOM;
}

import { signal } from '@preact/signals';
import * as api from '../../api';
import { Offline } from '../../api';
import type { Preview, Rhythm, RhythmChange, ShiftCalendar } from '../../contract';
import { adopt } from '../../session/me';
import { me } from '../../store';
import { keepRhythm, knownRhythm } from '../../store/rhythm';

/** `unchanged`: a change needed a connection and there was none, so nothing was changed and nothing waits. */
export type RhythmState = 'loading' | 'ready' | 'offline' | 'failed' | 'unchanged';

export const rhythm = signal<Rhythm | null>(null);
export const preview = signal<Preview | null>(null);
export const calendar = signal<ShiftCalendar | null>(null);
export const rhythmState = signal<RhythmState>('loading');
/** The rhythm before the last change, while it can be taken back. */
export const before = signal<Rhythm | null>(null);

/** Reads times, calendar and the weeks to come; until they are there, or when they cannot be had, the last ones known. */
export async function readRhythm(): Promise<void> {
  rhythmState.value = 'loading';
  before.value = null;
  const known = rhythm.value ? null : await knownRhythm();
  if (known && !rhythm.value) {
    rhythm.value = known.rhythm;
    preview.value = known.preview;
    calendar.value = known.calendar;
  }
  await settle(async () => {
    rhythm.value = await api.rhythm();
    [preview.value, calendar.value] = await Promise.all([api.preview(), api.shifts()]);
  }, 'offline');
}

/** Shows the change at once and keeps it; what could not be kept is put back as it was. True when it was kept. */
export async function changeRhythm(change: Partial<Rhythm>): Promise<boolean> {
  const was = rhythm.value;
  if (!was) return false;
  const wanted = { ...was, ...change };
  rhythm.value = wanted;
  const kept = await settle(async () => {
    rhythm.value = await api.putRhythm(asked(wanted));
  }, 'unchanged');
  if (!kept) {
    rhythm.value = was;
    return false;
  }
  before.value = was;
  await follow(wanted.zone);
  await lookAhead();
  return true;
}

/** Whoever moves to another clock has their days on it everywhere, check-ins too. */
async function follow(zone: string): Promise<void> {
  const who = me.value;
  if (who && who.zone !== zone) await adopt({ ...who, zone }).catch(() => {});
}

/** Takes the last change back. */
export async function undoChange(): Promise<boolean> {
  const was = before.value;
  if (!was || !(await changeRhythm(was))) return false;
  before.value = null;
  return true;
}

/** Puts a calendar in the place of the one there was. Throws Offline or Refusal, and then nothing has changed. */
export async function putCalendar(sent: { ics: string } | { url: string }): Promise<void> {
  calendar.value = await api.putShifts(sent);
  await lookAhead();
}

/** Throws Offline or Refusal, and then the calendar is still there. */
export async function dropCalendar(): Promise<void> {
  await api.dropShifts();
  calendar.value = await api.shifts();
  await lookAhead();
}

/** The weeks to come are the server's word alone: after a change they are asked for again, and unknown until then. */
async function lookAhead(): Promise<void> {
  preview.value = null;
  await settle(async () => {
    preview.value = await api.preview();
  }, 'offline');
}

async function settle(work: () => Promise<void>, offline: RhythmState): Promise<boolean> {
  try {
    await work();
    rhythmState.value = 'ready';
  } catch (error) {
    rhythmState.value = error instanceof Offline ? offline : 'failed';
    return false;
  }
  if (rhythm.value) {
    const known = { rhythm: rhythm.value, preview: preview.value, calendar: calendar.value };
    // A phone that cannot store is told about elsewhere; the page works without.
    await keepRhythm(known).catch(() => {});
  }
  return true;
}

/** What may be asked for: the server refuses what it only tells. */
function asked(wanted: Rhythm): RhythmChange {
  const { slots, quiet_from, quiet_to, paused_until, zone, weekly_cap, protocols } = wanted;
  const { nights_until, after_shift, during_shift, post_call_h, hold_back } = wanted;
  const times = { slots, quiet_from, quiet_to, paused_until, zone, weekly_cap, protocols };
  return { ...times, nights_until, after_shift, during_shift, post_call_h, hold_back };
}

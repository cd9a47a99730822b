/** The rhythm's routes in a function: it keeps what it is sent, and can be out of reach. */

import { dayIn } from '../../src/clock';
import type { ComingDay, Preview, Rhythm, ShiftCalendar } from '../../src/contract';
import { dayAfter } from '../../src/screens/resident/rhythm-times';
import { json, problem } from '../doubles/server';

export const ZONE = 'America/Chicago';
export const SLOTS = [
  { weekday: 0, time: '18:30', protocol: 'P10' },
  { weekday: 2, time: '20:30', protocol: 'P01' },
];
const NO_CALENDAR: ShiftCalendar = {
  source: null,
  host: null,
  read_on: null,
  through: null,
  left_out: 0,
  problem: null,
  shifts: [],
};

export class RhythmServer {
  rhythm: Rhythm = {
    slots: SLOTS,
    quiet_from: '22:00',
    quiet_to: '07:00',
    paused_until: null,
    zone: ZONE,
    weekly_cap: 4,
    protocols: {},
    nights_until: null,
    after_shift: false,
    during_shift: false,
    post_call_h: 8,
    hold_back: true,
  };
  calendar: ShiftCalendar = NO_CALENDAR;
  eased: Preview['eased'] = 'usual';
  reachable = true;
  sent: { method: string; path: string; body: Record<string, unknown> }[] = [];
  /** Answered instead of taking a calendar. */
  refuse: Response | null = null;

  constructor() {
    globalThis.fetch = async (input, init = {}) => {
      if (!this.reachable) throw new TypeError('Failed to fetch');
      return this.answer(init.method ?? 'GET', String(input), init.body ? JSON.parse(String(init.body)) : {});
    };
  }

  get today(): string {
    return dayIn(ZONE);
  }

  private answer(method: string, path: string, body: Record<string, unknown>): Response {
    if (method !== 'GET') this.sent.push({ method, path, body });
    if (path === '/api/rhythm/preview') return json(this.preview());
    if (path === '/api/rhythm') {
      if (method === 'PUT') this.rhythm = { ...this.rhythm, ...body };
      return json(this.rhythm);
    }
    if (path !== '/api/shifts') return problem(404, 'not_found');
    if (method === 'DELETE') this.calendar = NO_CALENDAR;
    if (method === 'PUT') {
      if (this.refuse) return this.refuse;
      this.calendar = this.read(body);
    }
    return method === 'DELETE' ? new Response(null, { status: 204 }) : json(this.calendar);
  }

  private read(body: Record<string, unknown>): ShiftCalendar {
    const tomorrow = dayAfter(this.today, 1);
    return {
      ...NO_CALENDAR,
      source: body.url ? 'feed' : 'file',
      host: body.url ? new URL(String(body.url)).hostname : null,
      read_on: this.today,
      through: dayAfter(this.today, 30),
      left_out: 1,
      shifts: [{ start: `${tomorrow}T13:00:00.000Z`, end: `${tomorrow}T23:00:00.000Z`, kind: 'shift' }],
    };
  }

  private preview(): Preview {
    const days = Array.from({ length: 14 }, (_, count) => this.day(dayAfter(this.today, count), count));
    return { zone: ZONE, eased: this.eased, nights_quiet_from: '08:30', nights_quiet_to: '17:00', days };
  }

  /** A prompt on the second day, and reasons on the others. */
  private day(date: string, count: number): ComingDay {
    const at = `${date}T18:00:00.000Z`;
    const until = `${date}T22:00:00.000Z`;
    if (count === 1 && this.rhythm.slots.length > 0)
      return { date, prompt: { at, until, protocol: 'P01', why: 'You chose this time.' }, reason: null, why: '' };
    const why = this.rhythm.nights_until ? 'You are on nights.' : 'No time is set for this day.';
    return { date, prompt: null, reason: 'no_slot', why };
  }
}

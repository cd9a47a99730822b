// @vitest-environment happy-dom
import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { beforeEach, expect, test } from 'vitest';
import type { Rhythm } from '../../src/contract';
import { RhythmPage } from '../../src/screens/resident/rhythm';
import { fits, rhythm, rhythmState, slotsFor } from '../../src/screens/resident/rhythm-state';
import { eachOnAPhone, press, violations } from './page';

eachOnAPhone();

const SLOTS = [
  { weekday: 0, time: '18:30', protocol: 'P10' },
  { weekday: 2, time: '20:30', protocol: 'P01' },
];

let kept: Rhythm;
let reachable: boolean;

beforeEach(() => {
  rhythm.value = null;
  rhythmState.value = 'loading';
  reachable = true;
  kept = {
    slots: SLOTS,
    quiet_from: '22:00',
    quiet_to: '07:00',
    paused_until: null,
    zone: 'America/Chicago',
    weekly_cap: 4,
    protocols: {},
    nights_until: null,
    after_shift: false,
    during_shift: false,
    post_call_h: 8,
    hold_back: true,
  };
  globalThis.fetch = async (_input, init) => {
    if (!reachable) throw new TypeError('Failed to fetch');
    if (init?.method === 'PUT') kept = JSON.parse(String(init.body));
    return new Response(JSON.stringify(kept), { headers: { 'content-type': 'application/json' } });
  };
});

async function open() {
  render(<RhythmPage />);
  await screen.findByText('Monday, 18:30');
}

test('fewer prompts a week keeps the first times, more adds a free day', async () => {
  await open();
  fireEvent.click(screen.getByRole('radio', { name: '1' }));
  await waitFor(() => expect(kept.slots).toEqual([SLOTS[0]]));
  fireEvent.click(screen.getByRole('radio', { name: '3' }));
  await waitFor(() => expect(kept.slots).toHaveLength(3));
  expect(new Set(kept.slots.map((slot) => slot.weekday)).size).toBe(3);
});

test('four times a week never fall twice on a day', () => {
  const days = slotsFor(4, SLOTS, ['P01', 'P02', 'P10']).map((slot) => slot.weekday);
  expect(new Set(days).size).toBe(4);
});

test('a time in quiet hours cannot be kept, and the button says why', async () => {
  await open();
  press(/Monday, 18:30/);
  const dialog = screen.getByRole('dialog', { name: 'When may it come?' });
  fireEvent.input(within(dialog).getByLabelText('Time'), { target: { value: '23:00' } });
  fireEvent.change(within(dialog).getByLabelText('Time'), { target: { value: '23:00' } });
  const button = await within(dialog).findByRole('button', { name: /Keep this time/ });
  await waitFor(() => expect(button.textContent).toMatch(/quiet hours/));
  fireEvent.click(button);
  expect(kept.slots).toEqual(SLOTS);
});

test('a time fits outside quiet hours with room to answer', () => {
  const asked = ['06:59', '07:00', '12:00', '21:45', '21:50', '22:00', '03:00'];
  expect(asked.filter((time) => fits(time, '22:00', '07:00'))).toEqual(['07:00', '12:00', '21:45']);
  expect(fits('03:00', '09:00', '09:00')).toBe(true);
  expect(fits('03:00', '09:00', '17:00')).toBe(true);
});

test('what could not be kept is put back as it was, and the page says so', async () => {
  await open();
  reachable = false;
  fireEvent.click(screen.getByRole('radio', { name: '0' }));
  expect(await screen.findByText(/No signal/)).toBeTruthy();
  expect(screen.getByRole('radio', { name: '2' }).getAttribute('aria-checked')).toBe('true');
});

test('axe finds nothing wrong with the rhythm', async () => {
  await open();
  expect(await violations()).toEqual([]);
});

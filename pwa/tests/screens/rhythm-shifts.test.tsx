// @vitest-environment happy-dom
import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { beforeEach, expect, test } from 'vitest';
import { onlyHours } from '../../src/screens/resident/only-hours';
import { RhythmPage } from '../../src/screens/resident/rhythm';
import { before, calendar, preview, rhythm, rhythmState } from '../../src/screens/resident/rhythm-state';
import { problem } from '../doubles/server';
import { eachOnAPhone, press, violations } from './page';
import { RhythmServer } from './rhythm-server';

eachOnAPhone();

const ROSTER = [
  'BEGIN:VCALENDAR',
  'BEGIN:VEVENT',
  'DTSTART:20261119T120000Z',
  'SUMMARY:ED',
  'LOCATION:Tower 5',
  'ATTENDEE;CN=Chief:mailto:chief@hospital.example',
  'DESCRIPTION:Bring the',
  '  pager',
  'DTEND:20261119T',
  ' 220000Z',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n');

let server: RhythmServer;

beforeEach(() => {
  for (const held of [rhythm, preview, calendar, before]) held.value = null;
  rhythmState.value = 'loading';
  server = new RhythmServer();
});

async function openSheet(): Promise<HTMLElement> {
  render(<RhythmPage />);
  await screen.findByText('Monday, 18:30');
  await waitFor(() => expect(rhythmState.value).toBe('ready'));
  press(/Shift calendar/);
  return screen.getByRole('dialog', { name: 'Shift calendar' });
}

function choose(dialog: HTMLElement, text: string) {
  const input = dialog.querySelector('input[type=file]') as HTMLInputElement;
  Object.defineProperty(input, 'files', { configurable: true, value: [new File([text], 'roster.ics')] });
  fireEvent.change(input);
}

test('places, people and notes of a calendar file stay on the phone', () => {
  expect(onlyHours(`\uFEFF${ROSTER}`).split('\n')).toEqual([
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'DTSTART:20261119T120000Z',
    'SUMMARY:ED',
    'DTEND:20261119T220000Z',
    'END:VEVENT',
    'END:VCALENDAR',
  ]);
});

test('a file is read, what was read is shown, and prompts after a shift can be turned on', async () => {
  const dialog = await openSheet();
  choose(dialog, ROSTER);
  await within(dialog).findByText(/Read from a file on/);
  expect(String(server.sent[0]?.body.ics)).not.toMatch(/Tower|chief|pager/);
  expect(within(dialog).getByText(/^Shift, \d\d:00 to \d\d:00$/)).toBeTruthy();
  expect(within(dialog).getByText(/One entry was left out/)).toBeTruthy();
  fireEvent.click(within(dialog).getByRole('switch', { name: /A prompt after a shift/ }));
  await waitFor(() => expect(server.rhythm.after_shift).toBe(true));
  fireEvent.change(within(dialog).getByLabelText('Quiet after a night'), { target: { value: '12' } });
  await waitFor(() => expect(server.rhythm.post_call_h).toBe(12));
  expect(await violations()).toEqual([]);
});

test('the address of a feed is sent once and never shown again', async () => {
  const dialog = await openSheet();
  const field = within(dialog).getByLabelText(/address of a calendar feed/) as HTMLInputElement;
  fireEvent.input(field, { target: { value: 'https://calendar.example.org/token-8f3a/roster.ics' } });
  fireEvent.click(await within(dialog).findByRole('button', { name: 'Read this feed' }));
  await within(dialog).findByText(/Read from calendar.example.org on/);
  await waitFor(() => expect(field.value).toBe(''));
  expect(document.body.innerHTML).not.toContain('8f3a');
});

test('why a calendar was not read is said in plain words', async () => {
  const dialog = await openSheet();
  server.refuse = problem(422, 'bad_calendar', { reason: 'sub_daily' });
  choose(dialog, ROSTER);
  await within(dialog).findByText(/It was not read: one entry repeats many times a day/);
  server.refuse = problem(429, 'too_many');
  choose(dialog, ROSTER);
  await within(dialog).findByText(/quarter of an hour/);
  server.reachable = false;
  choose(dialog, ROSTER);
  await within(dialog).findByText(/That needs a connection/);
});

test('a feed that broke tells so and keeps what was read', async () => {
  server.calendar = {
    ...server.calendar,
    source: 'feed',
    host: 'calendar.example.org',
    read_on: server.today,
    problem: 'not_allowed',
  };
  const dialog = await openSheet();
  expect(within(dialog).getByText(/could not be read again: its server wants a sign-in/)).toBeTruthy();
  expect(within(dialog).getByText('No shifts in the next five weeks.')).toBeTruthy();
});

test('taking the calendar out asks once, because it cannot be undone', async () => {
  const dialog = await openSheet();
  choose(dialog, ROSTER);
  fireEvent.click(await within(dialog).findByRole('button', { name: 'Take the calendar out' }));
  expect(server.sent.some((one) => one.method === 'DELETE')).toBe(false);
  fireEvent.click(within(dialog).getByRole('button', { name: 'Yes, take it out' }));
  await within(dialog).findByText('The calendar is out.');
  expect(within(dialog).getByRole('button', { name: /Choose a calendar file/ })).toBeTruthy();
});

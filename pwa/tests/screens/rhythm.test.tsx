// @vitest-environment happy-dom
import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { beforeEach, expect, test } from 'vitest';
import { RhythmPage } from '../../src/screens/resident/rhythm';
import { before, calendar, preview, rhythm, rhythmState } from '../../src/screens/resident/rhythm-state';
import {
  comingFriday,
  dayAfter,
  fits,
  forPerWeek,
  nightsTill,
  phoneZone,
  placeOf,
  slotsFor,
} from '../../src/screens/resident/rhythm-times';
import { me } from '../../src/store';
import { knownRhythm } from '../../src/store/rhythm';
import { eachOnAPhone, press, violations } from './page';
import { RhythmServer, SLOTS, ZONE } from './rhythm-server';

eachOnAPhone();

let server: RhythmServer;

function forget() {
  for (const held of [rhythm, preview, calendar, before]) held.value = null;
  rhythmState.value = 'loading';
}

beforeEach(() => {
  forget();
  server = new RhythmServer();
});

async function open() {
  const page = render(<RhythmPage />);
  await screen.findByText('Monday, 18:30');
  await waitFor(() => expect(rhythmState.value).toBe('ready'));
  return page;
}

test('fewer prompts a week keeps the first times, more adds a free day', async () => {
  await open();
  fireEvent.click(screen.getByRole('radio', { name: '1' }));
  await waitFor(() => expect(server.rhythm.slots).toEqual([SLOTS[0]]));
  fireEvent.click(screen.getByRole('radio', { name: '3' }));
  await waitFor(() => expect(server.rhythm.slots).toHaveLength(3));
  expect(new Set(server.rhythm.slots.map((slot) => slot.weekday)).size).toBe(3);
  expect(server.rhythm.weekly_cap).toBe(3);
});

test('four times a week never fall twice on a day', () => {
  const days = slotsFor(4, SLOTS).map((slot) => slot.weekday);
  expect(new Set(days).size).toBe(4);
});

test('with prompts after shifts a higher number adds no times, and none turns both off', () => {
  const held = { ...server.rhythm, after_shift: true, weekly_cap: 2 };
  expect(forPerWeek(4, held)).toEqual({ slots: SLOTS, weekly_cap: 4 });
  expect(forPerWeek(0, held)).toEqual({ slots: [], after_shift: false });
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
  expect(server.sent).toEqual([]);
});

test('a time fits outside quiet hours with room to answer', () => {
  const asked = ['06:59', '07:00', '12:00', '21:45', '21:50', '22:00', '03:00'];
  expect(asked.filter((time) => fits(time, '22:00', '07:00'))).toEqual(['07:00', '12:00', '21:45']);
  expect(fits('03:00', '09:00', '09:00')).toBe(true);
  expect(fits('03:00', '09:00', '17:00')).toBe(true);
});

test('on nights is one tap on this page, turns the quiet line around, and one more tap ends it', async () => {
  await open();
  const nights = screen.getByRole('switch', { name: /On nights till Friday/ });
  expect(nights.getAttribute('aria-checked')).toBe('false');
  fireEvent.click(nights);
  await waitFor(() => expect(server.rhythm.nights_until).toBe(comingFriday(ZONE)));
  await screen.findByText('08:30 to 17:00');
  expect(screen.getByRole('switch', { name: /On nights/ }).getAttribute('aria-checked')).toBe('true');
  fireEvent.click(screen.getByRole('switch', { name: /On nights/ }));
  await waitFor(() => expect(server.rhythm.nights_until).toBeNull());
  await screen.findByText('22:00 to 07:00');
});

test('nights end on the next Friday, never today, and a far day is named by its date', () => {
  const friday = comingFriday(ZONE);
  expect(new Date(`${friday}T00:00:00Z`).getUTCDay()).toBe(5);
  expect(friday > server.today && friday <= dayAfter(server.today, 7)).toBe(true);
  expect(nightsTill(friday, ZONE)).toBe('Friday');
  expect(nightsTill(dayAfter(friday, 14), ZONE)).toMatch(/^Friday \d+ \w+$/);
});

test('a change can be taken back', async () => {
  await open();
  fireEvent.click(screen.getByRole('radio', { name: '1' }));
  fireEvent.click(await screen.findByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(server.rhythm.slots).toEqual(SLOTS));
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull());
});

test('what could not be kept is put back as it was, the page says so, and nothing waits', async () => {
  await open();
  server.reachable = false;
  fireEvent.click(screen.getByRole('radio', { name: '0' }));
  expect(await screen.findByText(/needs a connection. Nothing was changed/)).toBeTruthy();
  expect(screen.getByRole('radio', { name: '2' }).getAttribute('aria-checked')).toBe('true');
  server.reachable = true;
  press('Try again');
  await waitFor(() => expect(rhythmState.value).toBe('ready'));
  expect(server.sent).toEqual([]);
});

test('without a network the last times known are shown, and the weeks to come as well', async () => {
  const page = await open();
  await waitFor(async () => expect((await knownRhythm())?.preview?.days).toHaveLength(14));
  page.unmount();
  forget();
  server.reachable = false;
  render(<RhythmPage />);
  await screen.findByText('Monday, 18:30');
  expect(await screen.findByText(/the times last known here/)).toBeTruthy();
  press(/The next two weeks/);
  expect(within(screen.getByRole('dialog')).getByText('You chose this time.')).toBeTruthy();
});

test('a phone that never read the times says so', async () => {
  server.reachable = false;
  render(<RhythmPage />);
  expect(await screen.findByText(/not read on this phone yet/)).toBeTruthy();
});

test('the weeks to come are the server’s own: each day has its prompt or the reason why not', async () => {
  await open();
  press(/The next two weeks/);
  const dialog = screen.getByRole('dialog', { name: 'The next two weeks' });
  expect(within(dialog).getAllByRole('listitem')).toHaveLength(14);
  expect(within(dialog).getAllByText('No time is set for this day.')).toHaveLength(13);
  expect(within(dialog).getByText('You chose this time.')).toBeTruthy();
});

test('after a change the weeks are asked for again', async () => {
  await open();
  fireEvent.click(screen.getByRole('radio', { name: '0' }));
  await screen.findByText('Nothing comes by itself');
});

test('a check-in can be asked for less, or not at all', async () => {
  await open();
  press(/What is asked/);
  const dialog = screen.getByRole('dialog', { name: 'What is asked' });
  const [first] = within(dialog).getAllByRole('radiogroup');
  fireEvent.click(within(first as HTMLElement).getByRole('radio', { name: 'Off' }));
  fireEvent.click(within(dialog).getByRole('switch', { name: /Skip one/ }));
  fireEvent.click(within(dialog).getByRole('button', { name: 'Keep it so' }));
  await waitFor(() => expect(Object.values(server.rhythm.protocols)).toEqual(['off']));
  expect(server.rhythm.hold_back).toBe(false);
  await screen.findByText('1 changed');
});

test('after four that went by, the page asks once and a tap begins anew', async () => {
  server.eased = 'resting';
  await open();
  await screen.findByText(/Fewer, another time, or off/);
  server.eased = 'usual';
  press('As before');
  await waitFor(() => expect(server.sent).toHaveLength(1));
  await waitFor(() => expect(screen.queryByText(/Fewer, another time/)).toBeNull());
});

test('times follow the phone to another clock when its owner says so, and so do their days', async () => {
  await open();
  press(/Use this phone’s clock/);
  await waitFor(() => expect(server.rhythm.zone).toBe(phoneZone()));
  await waitFor(() => expect(me.value?.zone).toBe(phoneZone()));
  expect(placeOf('America/New_York')).toBe('New York');
  await waitFor(() => expect(screen.queryByRole('button', { name: /Use this phone’s clock/ })).toBeNull());
});

test('axe finds nothing wrong with the rhythm', async () => {
  await open();
  expect(await violations()).toEqual([]);
});

test.each(['The next two weeks', 'What is asked', 'Shift calendar', 'Quiet hours', 'Pause everything'])(
  'axe finds nothing wrong behind %s',
  async (name) => {
    await open();
    press(new RegExp(name));
    await screen.findByRole('dialog');
    expect(await violations()).toEqual([]);
  },
);

// @vitest-environment happy-dom
import { fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { expect, test } from 'vitest';
import type { Prompt, Release } from '../../src/contract';
import { path } from '../../src/parts/route';
import { EntryPage } from '../../src/screens/resident/entry';
import { Group } from '../../src/screens/resident/group';
import { Help } from '../../src/screens/resident/help';
import { Journal } from '../../src/screens/resident/journal';
import { PromptPage } from '../../src/screens/resident/prompt';
import { Today } from '../../src/screens/resident/today';
import { keepCheckin } from '../../src/store';
import { keepPrompts } from '../../src/store/prompts';
import { entries, prompts, refresh, releases } from '../../src/store/view';
import { eachOnAPhone, press, violations } from './page';

eachOnAPhone();

const HOUR = 3_600_000;
const at = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
const prompt = (more: Partial<Prompt> = {}): Prompt => ({
  id: 'p1',
  protocol: 'P01',
  due_at: at(-1),
  until: at(3),
  state: 'open',
  why: 'You chose this time.',
  ...more,
});

async function withPrompt(more: Partial<Prompt> = {}) {
  await keepPrompts([prompt(more)]);
  await refresh();
}

async function withEntry() {
  const kept = await keepCheckin({
    protocol: 'P01',
    version: 1,
    answers: { a: 3, b: [1, 4], c: [0], d: 'It will keep till seven.' },
  });
  await refresh();
  return kept;
}

test('a waiting prompt says what it costs, till when, who sees it and why now', async () => {
  await withPrompt();
  render(<Today />);
  const said = document.querySelector('main')?.textContent ?? '';
  expect(said).toMatch(/Shift exit\. At most three taps, about 20 seconds\. Open until \d\d:\d\d/);
  expect(said).toMatch(/Why now\? You chose this time\./);
  expect(said).toMatch(/only in groups of five or more/);
});

test('"In an hour" is not offered when the hour would pass the window', async () => {
  await withPrompt({ until: at(0.5) });
  render(<Today />);
  expect(screen.queryByRole('button', { name: 'In an hour' })).toBeNull();
  expect(screen.getByRole('button', { name: /^Not to/ })).toBeTruthy();
});

test('leaving a prompt for today makes the page quiet and keeps the outcome', async () => {
  await withPrompt();
  render(<Today />);
  press(/^Not to/);
  await waitFor(() => expect(prompts.value[0]?.state).toBe('declined'));
  expect(await screen.findByRole('heading', { name: /Nothing is asked of you/ })).toBeTruthy();
});

test('a late tap lands on a kind page that offers the check-in all the same', async () => {
  await withPrompt({ until: at(-0.5), state: 'passed' });
  render(<PromptPage id="p1" />);
  expect(screen.getByRole('heading', { name: 'That one has passed.' })).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Do Shift exit now' }).getAttribute('href')).toBe('/check-in/P01');
});

test('an entry in the journal says what was answered, in own words apart, who can see it and where it is', async () => {
  await withEntry();
  render(<Journal />);
  const row = document.querySelector('.ent')?.textContent ?? '';
  expect(row).toContain('A lot. A task I left, tomorrow. Write two lines.');
  expect(row).toContain('It will keep till seven.');
  expect(row).toContain('Group');
  expect(row).toContain('Waiting to send');
});

test('the search looks at own words and stays on the phone', async () => {
  await withEntry();
  render(<Journal />);
  fireEvent.input(screen.getByLabelText('Search your words'), { target: { value: 'till SEVEN' } });
  expect(screen.getByText('1 entry found.')).toBeTruthy();
  fireEvent.input(screen.getByLabelText('Search your words'), { target: { value: 'zebra' } });
  expect(screen.getByText('Nothing found on this phone.')).toBeTruthy();
});

test('taking an entry back asks once, and the safe answer is the main one', async () => {
  const { id } = await withEntry();
  render(<EntryPage id={id} />);
  press(/^Take it back/);
  const dialog = screen.getByRole('dialog', { name: 'Take this entry back?' });
  expect(dialog.querySelector('.grip.main')?.textContent).toBe('Keep it');
  const yes = [...dialog.querySelectorAll('button')].find((button) => button.textContent === 'Take it back');
  fireEvent.click(yes as HTMLElement);
  await waitFor(() => expect(path.value).toBe('/journal'));
  await waitFor(() => expect(entries.value).toEqual([]));
});

const release: Release = {
  group: { id: 'g1', name: 'Internal Medicine' },
  block: '2026-11-10',
  open_day: '2026-11-10',
  end_day: '2026-11-16',
  published_at: at(-2),
  key_id: 'k',
  eligible: 2417,
  issued: 2391,
  body: '{}',
  cells: [
    {
      protocol: 'P01',
      item: 'a',
      words: 'Had a lot of work with them',
      kind: 'share',
      state: 'shown',
      band: 'half',
      chips: null,
      why: null,
    },
    {
      protocol: 'P01',
      item: 'b',
      words: 'What was on their mind',
      kind: 'chips',
      state: 'shown',
      band: null,
      chips: [{ words: 'Tomorrow', band: 'few' }],
      why: null,
    },
    {
      protocol: 'P02',
      item: 'a',
      words: 'Planned no time off',
      kind: 'share',
      state: 'not_enough',
      band: null,
      chips: null,
      why: null,
    },
  ],
  agenda: {
    question: 'What would make one evening free?',
    step: 'Take to chiefs: late notes.',
    from: 'charting got in',
  },
  note: '',
};

test('residents see a release first, as bands and words, with no number of people anywhere', () => {
  releases.value = [release];
  render(<Group />);
  const said = document.querySelector('main')?.textContent ?? '';
  expect(said).toMatch(/Only residents see this yet\. Coaches from/);
  expect(screen.getByRole('img', { name: 'about half' })).toBeTruthy();
  expect(said).toContain('Not enough yet.');
  expect(document.body.innerHTML).not.toMatch(/2417|2391|%"? of|percent/);
});

test('help calls and texts without an account, and has no way to itself', () => {
  render(<Help />);
  expect(screen.getByRole('link', { name: 'Call 988' }).getAttribute('href')).toBe('tel:988');
  expect(screen.getByRole('link', { name: 'Text 988' }).getAttribute('href')).toBe('sms:988');
  expect(screen.getByRole('link', { name: 'Call 911' }).getAttribute('href')).toBe('tel:911');
  expect(screen.getByRole('link', { name: 'Call Physician Support Line' }).getAttribute('href')).toBe(
    'tel:+18884090141',
  );
  expect(document.querySelector('a[href="/help"]')).toBeNull();
});

test('axe finds nothing wrong with Today, the journal, an entry, the group and Help', async () => {
  await withPrompt();
  const { id } = await withEntry();
  releases.value = [release];
  for (const page of [
    <Today key="t" />,
    <Journal key="j" />,
    <EntryPage key="e" id={id} />,
    <Group key="g" />,
    <Help key="h" />,
  ]) {
    const { unmount } = render(page);
    expect(await violations()).toEqual([]);
    unmount();
  }
});

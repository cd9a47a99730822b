// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/preact';
import { expect, test } from 'vitest';
import { COMING, EARLIER, listOf, NEWEST, WHY } from './cast';
import { CAL } from './house';
import { eachInAHouse, open, violations } from './page';

const house = eachInAHouse();
const wall = () => screen.getByRole('main');
const comeBack = () => act(async () => void document.dispatchEvent(new Event('visibilitychange')));

async function openReleases() {
  open(CAL, '/releases');
  await screen.findByRole('heading', { name: /26 October to 8 November/ });
}

test('a band says its word and never a number', async () => {
  house.current.releases = listOf(NEWEST);
  await openReleases();
  expect(screen.getByRole('img', { name: 'about half' })).toBeTruthy();
  const said = wall().textContent?.replace(/\d+ (October|November)|26 October to 8/g, '') ?? '';
  expect(said).not.toMatch(/\d|%/);
});

test('counts are not in a coach’s release, and would be drawn nowhere if they were', async () => {
  house.current.releases = listOf({ ...NEWEST, ...{ eligible: 2417, issued: 2391 } }, EARLIER);
  await openReleases();
  expect(document.body.innerHTML).not.toMatch(/2417|2391/);
});

test('a cell with too few answers gives its reason and no number', async () => {
  house.current.releases = listOf(NEWEST);
  await openReleases();
  const box = screen.getByText(/Not enough yet/).closest('dd');
  expect(box?.textContent).toContain(WHY);
  expect(box?.textContent).not.toMatch(/\d/);
});

test('chips carry their word beside the drawing', async () => {
  house.current.releases = listOf(NEWEST);
  await openReleases();
  const charting = screen.getByText('Notes or charting').closest('li');
  expect(within(charting as HTMLElement).getByText('most')).toBeTruthy();
  expect(screen.getByText('No answer stood out.')).toBeTruthy();
});

test('a release says when it was published and that it is never revised', async () => {
  house.current.releases = listOf(NEWEST);
  await openReleases();
  expect(screen.getByText('Published 16 November. Never revised.')).toBeTruthy();
  expect(screen.getByText(/reason to ask/)).toBeTruthy();
});

test('an earlier release opens and closes in its place', async () => {
  house.current.releases = listOf(EARLIER, NEWEST);
  await openReleases();
  const line = screen.getByRole('button', { name: /12 to 25 October/ });
  expect(line.getAttribute('aria-expanded')).toBe('false');
  fireEvent.click(line);
  expect(line.getAttribute('aria-expanded')).toBe('true');
  fireEvent.click(line);
  expect(line.getAttribute('aria-expanded')).toBe('false');
});

test('a 304 leaves the page as it was, with what the coach had opened', async () => {
  house.current.releases = listOf(NEWEST, EARLIER);
  await openReleases();
  fireEvent.click(screen.getByRole('button', { name: /12 to 25 October/ }));
  const before = wall().innerHTML;
  await comeBack();
  await waitFor(() => expect(house.current.asked).toContain('GET /api/coach/releases 304'));
  expect(wall().innerHTML).toBe(before);
});

test('a new release is announced and takes the first place', async () => {
  house.current.releases = listOf(NEWEST);
  await openReleases();
  house.current.releases = listOf(COMING, NEWEST);
  await comeBack();
  await screen.findByText('A new release has arrived: 9 to 22 November.');
  const headings = screen.getAllByRole('heading', { level: 2 }).map((heading) => heading.textContent);
  expect(headings[0]).toContain('9 to 22 November');
});

test('while Handrail does not answer the last list stays, and the page says so', async () => {
  house.current.releases = listOf(NEWEST);
  await openReleases();
  house.current.reachable = false;
  await comeBack();
  await screen.findByText('Handrail did not answer.');
  expect(screen.getByRole('img', { name: 'about half' })).toBeTruthy();
  house.current.reachable = true;
  fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
  await waitFor(() => expect(screen.queryByText('Handrail did not answer.')).toBeNull());
});

test('with no network the page says that it is offline', async () => {
  house.current.releases = listOf(NEWEST);
  await openReleases();
  await act(async () => void window.dispatchEvent(new Event('offline')));
  expect(screen.getByText('You are offline.')).toBeTruthy();
  expect(screen.getByText(/This is the list as it was at \d\d:\d\d\./)).toBeTruthy();
});

test('before the first release the page says when it comes', async () => {
  house.current.releases = listOf();
  open(CAL, '/releases');
  await screen.findByText(/The first one comes on Monday 30 November, at 07:00\./);
});

test('a coach with two groups finds each under its own name', async () => {
  const [first] = listOf(NEWEST).groups;
  if (!first) throw new Error('the list has one group');
  const other = { id: 'g2', name: 'Anesthesia' };
  const second = { ...first, group: other, releases: [{ ...NEWEST, group: other, key_id: 'other' }] };
  house.current.releases = { group_count: 2, groups: [first, second] };
  open(CAL, '/releases');
  const region = await screen.findByRole('region', { name: 'Anesthesia' });
  expect(within(region).getByRole('heading', { level: 3, name: /26 October/ })).toBeTruthy();
});

test('the coach reads that they evaluate no one here', async () => {
  open(CAL, '/help');
  expect(screen.getByText(/You evaluate no one here\./)).toBeTruthy();
  expect(document.title).toBe('Help · Handrail');
});

test('axe finds nothing on the coach’s pages', async () => {
  house.current.releases = listOf(NEWEST, EARLIER);
  await openReleases();
  fireEvent.click(screen.getByRole('button', { name: /12 to 25 October/ }));
  expect(await violations()).toEqual([]);
});

test('axe finds nothing on the help page', async () => {
  open(CAL, '/help');
  expect(await violations()).toEqual([]);
});

test('a page that nobody looks at asks nothing', async () => {
  house.current.releases = listOf(NEWEST);
  await openReleases();
  const before = house.current.asked.length;
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  await comeBack();
  expect(house.current.asked.length).toBe(before);
  Reflect.deleteProperty(document, 'visibilityState');
});

test('when the session has ended the page says so and points to the door', async () => {
  house.current.releases = listOf(NEWEST);
  await openReleases();
  house.current.signedOut = true;
  await comeBack();
  await screen.findByText('You are signed out.');
  expect(screen.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('/sign-in');
});

test('only the card goes to the printer', async () => {
  house.current.releases = listOf(NEWEST);
  await openReleases();
  let printing = 0;
  window.print = () => {
    printing = document.querySelectorAll('.card.printing').length;
  };
  fireEvent.click(screen.getByRole('button', { name: 'Print card' }));
  await waitFor(() => expect(printing).toBe(1));
});

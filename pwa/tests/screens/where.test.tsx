// @vitest-environment happy-dom
import { fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, expect, test, vi } from 'vitest';
import { path } from '../../src/parts/route';
import { Notices } from '../../src/screens/notices';
import { SignOutSheet } from '../../src/screens/resident/sign-out';
import { Today } from '../../src/screens/resident/today';
import { ensureIdentity } from '../../src/seal/identity';
import { entries, keepCheckin } from '../../src/store';
import { strict } from '../../src/store/database';
import { freshSync } from '../../src/store/outbox';
import { keepSetting, setting } from '../../src/store/values';
import { refresh, waiting } from '../../src/store/view';
import { eachOnAPhone, press, violations } from './page';

eachOnAPhone();

afterEach(() => {
  vi.restoreAllMocks();
});

const noNetwork = () => vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('no network'));

async function save(count: number) {
  const kept = [];
  for (let i = 0; i < count; i += 1) kept.push(await keepCheckin({ protocol: 'P01', version: 1, answers: { a: 1 } }));
  await refresh();
  return kept;
}

async function openSheet(pill: string | RegExp): Promise<HTMLElement> {
  render(<Today />);
  press(pill);
  return screen.findByRole('dialog', { name: 'Where your answers are' });
}

test('a long queue is counted in full and listed in part', async () => {
  await save(12);
  const sheet = await openSheet('12 waiting');
  expect(sheet.querySelectorAll('.wait li')).toHaveLength(9);
  expect(sheet.textContent).toContain('and 4 more');
});

test('what needs a look is named and leads to its words; what never arrived is said', async () => {
  const [aside] = await save(1);
  await strict(['journal', 'outbox'], async (tx) => {
    await tx.objectStore('outbox').clear();
    const row = await tx.objectStore('journal').get(aside?.id ?? '');
    if (row) await tx.objectStore('journal').put({ ...row, parked: 'too_big' });
  });
  await keepSetting('sync', { ...freshSync(), holes: [7] });
  await refresh();
  const sheet = await openSheet('1 needs a look');
  expect(sheet.querySelector(`a[href="/entry/${aside?.id}"]`)?.textContent).toContain('Shift exit');
  expect(sheet.textContent).toContain('1 check-in from this phone never arrived.');
  expect(await violations()).toEqual([]);
});

test('the sheet keeps a rescue file of what waits', async () => {
  const made = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:0');
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
  await ensureIdentity();
  await save(2);
  await openSheet('2 waiting');
  press('Rescue file');
  await screen.findByText('2 items are in the file.');
  expect(made).toHaveBeenCalledTimes(1);
});

test('signing out asks; without a network it stays, leaves it here, or keeps a rescue file, as the person says', async () => {
  noNetwork();
  await save(2);
  const stay = vi.fn();
  render(<SignOutSheet onClose={stay} />);
  expect(screen.getByRole('dialog', { name: '2 things are not delivered yet.' })).toBeTruthy();
  press('Stay signed in');
  expect(stay).toHaveBeenCalled();
  press('Deliver, then sign out');
  await screen.findByRole('button', { name: 'Keep a rescue file first' });
  expect(screen.getByRole('button', { name: 'Leave it here, locked, and sign out' })).toBeTruthy();
  expect(path.value).toBe('/');
  expect(waiting.value).toBe(2);
  expect(await violations()).toEqual([]);
});

test('a discard that fails signs nobody out and says that nothing was changed', async () => {
  await save(1);
  const { IDBObjectStore: Store } = await import('fake-indexeddb');
  const clear = Store.prototype.clear;
  Store.prototype.clear = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  render(<SignOutSheet onClose={() => {}} />);
  press('Discard it and sign out');
  await screen.findByText('It could not be discarded just now. Nothing was changed.');
  Store.prototype.clear = clear;
  expect(path.value).toBe('/');
  await refresh();
  expect(entries.value).toHaveLength(1);
});

test.each([
  [{ why: 'cleared' as const, waiting: 2 }, /cleared what Handrail kept here\. 2 check-ins that were not delivered/],
  [{ why: 'cleared' as const, waiting: 0 }, /Nothing was lost by it/],
  [{ why: 'set-back' as const, waiting: null }, /set back to an earlier day\. What was saved here and not delivered/],
])('a loss %j is told plainly until it was read', async (loss, said) => {
  await keepSetting('lost', loss);
  await refresh();
  render(<Notices />);
  expect(screen.getByRole('status').textContent).toMatch(said);
  fireEvent.click(screen.getByRole('button', { name: 'OK' }));
  await waitFor(() => expect(screen.queryByRole('status')).toBeNull());
  expect(await setting('lost')).toBeNull();
});

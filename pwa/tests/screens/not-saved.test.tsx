// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { IDBObjectStore as FakeStore } from 'fake-indexeddb';
import { afterEach, expect, test, vi } from 'vitest';
import { EntryPage } from '../../src/screens/resident/entry';
import { Today } from '../../src/screens/resident/today';
import { ensureIdentity } from '../../src/seal/identity';
import { draftKey, draftOf, entries, keepCheckin } from '../../src/store';
import { strict } from '../../src/store/database';
import { keepPrompts } from '../../src/store/prompts';
import { refresh } from '../../src/store/view';
import { asked, begin, eachOnAPhone, pick, press, question, saved, tick, violations } from './page';

eachOnAPhone();

const put = FakeStore.prototype.put;

afterEach(() => {
  FakeStore.prototype.put = put;
  vi.restoreAllMocks();
});

function fail(name: string, store = 'outbox'): void {
  FakeStore.prototype.put = function (this: IDBObjectStore, ...what: Parameters<typeof put>) {
    if (this.name === store) throw new DOMException('no', name);
    return put.apply(this, what);
  } as typeof put;
}

async function almostDone(): Promise<void> {
  await begin('P01');
  pick('A lot');
  await asked('What is still on your mind?');
  tick('A patient');
  press('Next');
  await asked('Pick one way to set it down.');
  pick('Write two lines');
  await asked(/Two lines/);
  fireEvent.input(screen.getByRole('textbox'), { target: { value: 'It will keep till seven.' } });
}

test('a full phone says not saved, keeps the words on the screen, and saves once there is room', async () => {
  await almostDone();
  fail('QuotaExceededError');
  press('Keep it here');
  expect((await screen.findByRole('alert')).textContent).toMatch(/^Not saved\. This phone is full\./);
  expect((screen.getByRole('textbox') as HTMLTextAreaElement).value).toBe('It will keep till seven.');
  expect(await violations()).toEqual([]);
  FakeStore.prototype.put = put;
  press('Try once more');
  expect((await saved())?.d).toBe('It will keep till seven.');
  expect(entries.value).toHaveLength(1);
});

test('what could not be saved goes into a rescue file, and saving it later doubles nothing', async () => {
  await ensureIdentity();
  const files: Blob[] = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    files.push(blob as Blob);
    return 'blob:0';
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
  await almostDone();
  fail('QuotaExceededError');
  press('Keep it here');
  await screen.findByRole('alert');
  press('Keep a rescue file');
  await screen.findByText('1 item is in the file.');
  FakeStore.prototype.put = put;
  press('Try once more');
  await saved();
  const { putBackRescue } = await import('../../src/journal/rescue');
  expect(await putBackRescue((await files[0]?.text()) ?? '')).toEqual({ state: 'done', back: 0, there: 1 });
});

test('the words can be copied out of a check-in that cannot be saved', async () => {
  const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  await almostDone();
  fail('UnknownError');
  press('Keep it here');
  await screen.findByRole('alert');
  press('Copy the words');
  await screen.findByText(/Copied/);
  expect(copied.mock.calls[0]?.[0]).toMatch(/^Shift exit[\s\S]*A lot[\s\S]*It will keep till seven\./);
});

test('a window older than the storage says so and offers the newer one', async () => {
  await almostDone();
  fail('VersionError');
  press('Keep it here');
  expect((await screen.findByRole('alert')).textContent).toMatch(/newer Handrail/);
  expect(screen.getByRole('button', { name: 'Load the newer one' })).toBeTruthy();
});

test('an answer to a prompt that could not be kept is not claimed to be', async () => {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  await keepPrompts([{ id: 'p1', protocol: 'P01', due_at: at(-1), until: at(3), state: 'open', why: '' }]);
  await refresh();
  render(<Today />);
  fail('QuotaExceededError');
  press(/^Not to/);
  expect(await screen.findByText(/^Not saved: /)).toBeTruthy();
});

test('a check-in killed between any two keystrokes goes on with all the words before it', async () => {
  await almostDone();
  const sentence = 'It will keep till seven.';
  for (let length = 1; length <= sentence.length; length += 1) {
    fireEvent.input(screen.getByRole('textbox'), { target: { value: sentence.slice(0, length) } });
    await waitFor(async () => expect((await draftOf(draftKey('P01')))?.answers.d).toBe(sentence.slice(0, length)));
    // Nothing of the page is left, and no ending of it ran.
    if (length % 6 === 0) {
      cleanup();
      await begin('P01');
      expect(question()).toContain('Two lines');
      expect((screen.getByRole('textbox') as HTMLTextAreaElement).value).toBe(sentence.slice(0, length));
    }
  }
  press('Keep it here');
  expect((await saved())?.d).toBe(sentence);
});

test('a draft that another window saved already is not gone on with', async () => {
  await almostDone();
  await waitFor(async () => expect((await draftOf(draftKey('P01')))?.answers.d).toBeTruthy());
  const draft = await draftOf(draftKey('P01'));
  const ids = { entity: draft?.entity ?? '', op: crypto.randomUUID() };
  await keepCheckin({ protocol: 'P01', version: 1, answers: { a: 3 }, draft: draftKey('P01'), ids });
  fireEvent.input(screen.getByRole('textbox'), { target: { value: 'One more word' } });
  await new Promise((done) => setTimeout(done, 50));
  expect(await draftOf(draftKey('P01'))).toBeNull();
  press('Keep it here');
  expect((await saved())?.d).toBe('One more word');
  expect(entries.value).toHaveLength(1);
});

async function setAside() {
  const { id } = await keepCheckin({ protocol: 'P01', version: 1, answers: { a: 3, d: 'Mine.' } });
  await strict(['journal', 'outbox'], async (tx) => {
    await tx.objectStore('outbox').clear();
    const row = await tx.objectStore('journal').get(id);
    if (row) await tx.objectStore('journal').put({ ...row, parked: 'too_big' });
  });
  await refresh();
  return id;
}

test('an entry that needs a look shows its words, why, and the three ways on', async () => {
  const id = await setAside();
  const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  const { rerender } = render(<EntryPage id={id} />);
  expect(screen.getByText('Mine.')).toBeTruthy();
  expect(screen.getByText(/set this one aside: it is longer than it takes\. Your words are intact/)).toBeTruthy();
  fireEvent.click(await screen.findByRole('button', { name: 'Copy the words' }));
  await screen.findByText('Copied.');
  expect(copied.mock.calls[0]?.[0]).toContain('Mine.');
  expect(await violations()).toEqual([]);
  press('Put it back as a new entry');
  await waitFor(() => expect(entries.value.map((entry) => entry.delivery)).toEqual(['waiting']));
  rerender(<EntryPage id={entries.value[0]?.id ?? ''} />);
  expect(screen.getByText('Saved on this phone. It waits to be sent.')).toBeTruthy();
});

test('discarding what needs a look asks once', async () => {
  render(<EntryPage id={await setAside()} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Discard it' }));
  expect(entries.value).toHaveLength(1);
  press('Discard it for good');
  await waitFor(() => expect(entries.value).toEqual([]));
});

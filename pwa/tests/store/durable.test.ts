import { IDBDatabase as FakeDatabase } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Phone, Profile, tank } from '../doubles/phone';
import { RITA } from '../doubles/server';

let profile: Profile;
let phone: Phone;
let asked: { names: string[]; mode: string; durability: string | undefined }[] = [];
const original = FakeDatabase.prototype.transaction;

beforeEach(async () => {
  profile = new Profile();
  phone = await profile.start();
  await phone.shell.keepMe(RITA);
  asked = [];
  FakeDatabase.prototype.transaction = function (this: IDBDatabase, names, mode, options) {
    asked.push({ names: [names].flat() as string[], mode: mode ?? 'readonly', durability: options?.durability });
    return original.call(this, names, mode, options);
  } as typeof original;
});

afterEach(() => {
  FakeDatabase.prototype.transaction = original;
});

test('a check-in is saved by one strict transaction over journal, outbox, sheet and draft', async () => {
  await phone.checkins.keepCheckin(tank(7));
  const saving = asked.filter((tx) => tx.names.includes('outbox'));
  expect(saving).toHaveLength(1);
  expect(saving[0]).toMatchObject({ mode: 'readwrite', durability: 'strict' });
  expect(saving[0]?.names.sort()).toEqual(['cache', 'drafts', 'journal', 'outbox', 'settings', 'sheets']);
});

test('nothing on the phone is written without strict durability', async () => {
  await phone.checkins.keepCheckin(tank(7));
  await phone.drafts.keepDraft('P10', {
    protocol: 'P10',
    version: 1,
    prompt_id: null,
    answers: {},
    skipped: [],
    at: 'a',
  });
  await phone.prompts.keepPromptOutcome('22222222-2222-4222-8222-222222222222', 'snoozed');
  await phone.shell.keepShell('target', { path: '/journal', at: 0 });
  const writes = asked.filter((tx) => tx.mode === 'readwrite');
  expect(writes.length).toBeGreaterThan(3);
  expect(writes.filter((tx) => tx.durability !== 'strict')).toEqual([]);
});

test('a failure in the middle leaves nothing behind', async () => {
  await expect(
    phone.database.strict(['outbox', 'settings'], async (tx) => {
      await tx.objectStore('settings').put({ made: true }, 'recovery');
      throw new Error('quota');
    }),
  ).rejects.toThrow('quota');
  expect(await phone.values.setting('recovery')).toBeUndefined();
});

test('answers are not in the database in the clear', async () => {
  await phone.checkins.keepCheckin({ protocol: 'P01', version: 1, answers: { d: 'canary sentence' } });
  await phone.drafts.keepDraft('P01', {
    protocol: 'P01',
    version: 1,
    prompt_id: null,
    answers: { d: 'canary sentence' },
    skipped: [],
    at: 'd',
  });
  const rows = await phone.database.look(['journal', 'outbox', 'drafts'], async (tx) => [
    await tx.objectStore('journal').getAll(),
    await tx.objectStore('outbox').getAll(),
    await tx.objectStore('drafts').getAll(),
  ]);
  const bytes = (value: unknown): string =>
    JSON.stringify(value, (_k, v) =>
      v instanceof ArrayBuffer || ArrayBuffer.isView(v) ? Buffer.from(v as ArrayBuffer).toString('latin1') : v,
    );
  expect(bytes(rows)).not.toContain('canary');
  await phone.view.refresh();
  expect(phone.view.entries.value[0]?.answers.d).toBe('canary sentence');
});

test('a draft survives a restart and goes with its check-in', async () => {
  const draft = { protocol: 'P10', version: 1, prompt_id: null, answers: { a: 3 }, skipped: [], at: 'b' };
  await phone.drafts.keepDraft('P10', draft);
  phone = await profile.start();
  expect(await phone.drafts.draftOf('P10')).toEqual(draft);
  const late = phone.drafts.keepDraft('P10', draft);
  await phone.checkins.keepCheckin({ ...tank(3), draft: 'P10' });
  await late;
  expect(await phone.drafts.draftOf('P10')).toBeNull();
});

test('a connection the browser closed is opened again', async () => {
  await phone.checkins.keepCheckin(tank(1));
  const open = indexedDB.open(phone.database.databaseName(RITA.id));
  await new Promise((done) => {
    open.onsuccess = done;
  });
  open.result.close();
  // Another window that deletes or upgrades makes ours step aside.
  const gone = indexedDB.deleteDatabase(phone.database.databaseName(RITA.id));
  await new Promise((done) => {
    gone.onsuccess = done;
  });
  await phone.checkins.keepCheckin(tank(2));
  expect(await phone.outbox.outboxRows()).toHaveLength(1);
});

test('two people on one phone never see each other', async () => {
  await phone.checkins.keepCheckin(tank(1));
  const ravi = { ...RITA, id: '33333333-3333-4333-8333-333333333333', name: 'Ravi' };
  await phone.shell.keepMe(ravi);
  await phone.view.refresh();
  expect(phone.view.entries.value).toEqual([]);
  expect(await phone.outbox.outboxRows()).toEqual([]);
  await phone.shell.keepMe(RITA);
  expect(await phone.outbox.outboxRows()).toHaveLength(1);
});

test('ids made later sort later', async () => {
  const { newOpId } = await import('../../src/store/ids');
  const first = newOpId();
  await new Promise((done) => setTimeout(done, 3));
  expect(first < newOpId()).toBe(true);
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

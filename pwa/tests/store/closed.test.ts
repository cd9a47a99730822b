/** Connections the system closes, a full disk, another person signing in, and a window that sleeps with the lock. */

import { IDBDatabase as FakeDatabase, IDBObjectStore as FakeStore } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Phone, Profile, tank } from '../doubles/phone';
import { RITA } from '../doubles/server';

let phone: Phone;
const transaction = FakeDatabase.prototype.transaction;
const put = FakeStore.prototype.put;

beforeEach(async () => {
  phone = await new Profile().start();
  await phone.shell.keepMe(RITA);
});

afterEach(() => {
  FakeDatabase.prototype.transaction = transaction;
  FakeStore.prototype.put = put;
  Reflect.deleteProperty(navigator, 'locks');
  vi.useRealTimers();
});

test.each(['InvalidStateError', 'UnknownError'])('a connection that says %s is opened again, once', async (name) => {
  await phone.checkins.keepCheckin(tank(1));
  let refused = 0;
  FakeDatabase.prototype.transaction = function (this: IDBDatabase, ...how: Parameters<typeof transaction>) {
    refused += 1;
    if (refused === 1) throw new DOMException('closing', name);
    return transaction.apply(this, how);
  } as typeof transaction;
  await phone.checkins.keepCheckin(tank(2));
  expect((await phone.outbox.outboxRows()).map((row) => row.seq)).toEqual([1, 2]);
  refused = 0;
  FakeDatabase.prototype.transaction = ((_names: string[], mode?: string) => {
    if (mode === 'readwrite') refused += 1;
    throw new DOMException('closing', name);
  }) as typeof transaction;
  await expect(phone.checkins.keepCheckin(tank(3))).rejects.toThrow('closing');
  expect(refused).toBe(2);
});

test('a transaction the system took down with its connection is done again, and only once in effect', async () => {
  let cut = true;
  FakeStore.prototype.put = function (this: IDBObjectStore, ...what: Parameters<typeof put>) {
    const request = put.apply(this, what);
    if (cut && this.name === 'journal') {
      cut = false;
      this.transaction.abort();
    }
    return request;
  } as typeof put;
  await phone.checkins.keepCheckin(tank(1));
  expect((await phone.outbox.outboxRows()).map((row) => row.seq)).toEqual([1]);
});

test('a full disk is told by its own name, and nothing of the save is left', async () => {
  FakeStore.prototype.put = function (this: IDBObjectStore, ...what: Parameters<typeof put>) {
    if (this.name === 'outbox') throw new DOMException('full', 'QuotaExceededError');
    return put.apply(this, what);
  } as typeof put;
  await expect(phone.checkins.keepCheckin(tank(1))).rejects.toMatchObject({ name: 'QuotaExceededError' });
  FakeStore.prototype.put = put;
  await phone.checkins.keepCheckin(tank(2));
  expect((await phone.outbox.outboxRows()).map((row) => row.seq)).toEqual([1]);
});

test('a save tried again is one entry, and the same draft saved in two windows is one entry with both versions', async () => {
  const ids = { entity: crypto.randomUUID(), op: crypto.randomUUID() };
  await phone.checkins.keepCheckin({ ...tank(1), ids });
  await phone.checkins.keepCheckin({ ...tank(1), ids });
  expect((await phone.outbox.outboxRows()).map((row) => row.kind)).toEqual(['create']);
  await phone.checkins.keepCheckin({ ...tank(2), ids: { ...ids, op: crypto.randomUUID() } });
  expect((await phone.outbox.outboxRows()).map((row) => [row.kind, row.base])).toEqual([
    ['create', null],
    ['revise', ids.op],
  ]);
  await phone.view.refresh();
  expect(phone.view.entries.value.map((entry) => entry.answers.a)).toEqual([2]);
  const [row] = await phone.database.look(['journal'], (tx) => tx.objectStore('journal').getAll());
  expect(row?.earlier?.map((one) => one.op_id)).toEqual([ids.op]);
});

test('an edit of something taken back in another window becomes an entry of its own', async () => {
  const one = await phone.checkins.keepCheckin(tank(1));
  await phone.checkins.withdrawEntry(one.id);
  const two = await phone.checkins.keepCheckin({ ...tank(2), revises: { entity: one.id, op: one.opId } });
  expect(two.id).not.toBe(one.id);
  expect((await phone.outbox.outboxRows()).map((row) => row.kind)).toEqual(['create', 'withdraw', 'create']);
  await phone.view.refresh();
  expect(phone.view.entries.value.map((entry) => entry.id)).toEqual([two.id]);
});

test('what one person was saving never lands in the journal of whoever signs in meanwhile', async () => {
  const saving = phone.checkins.keepCheckin(tank(1));
  await phone.database.choosePerson('33333333-3333-4333-8333-333333333333');
  await expect(saving).rejects.toThrow('somebody else');
  expect(await phone.outbox.outboxRows()).toEqual([]);
});

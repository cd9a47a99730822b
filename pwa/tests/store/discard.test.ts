import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Phone, Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

let server: Server;
let phone: Phone;

beforeEach(async () => {
  server = new Server();
  phone = await new Profile().signIn(server.me);
});

const discard = async () => (await import('../../src/store/discard')).discardUnsent();
const noNetwork = () => new TypeError('no network');

async function shown() {
  await phone.view.refresh();
  return phone.view.entries.value.map((entry) => [entry.answers.a, entry.delivery]).sort();
}

test('what was discarded is gone, what was delivered stays, and no gap is claimed', async () => {
  await phone.checkins.keepCheckin(tank(1));
  await phone.engine.flush();
  await phone.checkins.keepCheckin({ ...tank(2), promptId: '22222222-2222-4222-8222-222222222222' });
  await phone.drafts.keepDraft('P10', {
    protocol: 'P10',
    version: 1,
    prompt_id: null,
    answers: { a: 3 },
    skipped: [],
    at: 'b',
  });
  await discard();
  expect(await shown()).toEqual([[1, 'delivered']]);
  expect(phone.view.waiting.value).toBe(0);
  expect(await phone.drafts.draftOf('P10')).toBeNull();
  await phone.checkins.keepCheckin(tank(4));
  await phone.engine.flush();
  expect(server.log.ops.map((row) => row.op.seq)).toEqual([1, 4]);
  await shown();
  expect(phone.view.neverArrived.value).toBe(0);
});

test('a number that vanished without the person’s doing is still reported', async () => {
  await phone.checkins.keepCheckin(tank(1));
  const [row] = await phone.outbox.outboxRows();
  if (!row) throw new Error('nothing saved');
  await phone.database.strict(['outbox'], (tx) => tx.objectStore('outbox').delete(row.op_id));
  await phone.checkins.keepCheckin(tank(2));
  await discard();
  await phone.checkins.keepCheckin(tank(3));
  await phone.engine.flush();
  await shown();
  expect(phone.view.neverArrived.value).toBe(1);
});

test('discarding an edit or a withdrawal brings back what was delivered', async () => {
  const one = await phone.checkins.keepCheckin(tank(1));
  const two = await phone.checkins.keepCheckin(tank(2));
  await phone.engine.flush();
  await phone.checkins.keepCheckin({ ...tank(9), revises: { entity: one.id, op: one.opId } });
  await phone.checkins.withdrawEntry(two.id);
  await discard();
  await phone.engine.flush();
  expect(await shown()).toEqual([
    [1, 'delivered'],
    [2, 'delivered'],
  ]);
});

test('the record of a group’s block stays in the queue', async () => {
  await phone.tokens.keepPending('g1/2026-W47', { key_id: 'k', input_msg: 'i', blinded_msg: 'b', inv: 'v' });
  await phone.checkins.keepCheckin(tank(1));
  await discard();
  expect((await phone.outbox.outboxRows()).map((row) => row.cargo)).toEqual(['token']);
});

test('one transaction: a failure in the middle discards nothing', async () => {
  await phone.checkins.keepCheckin(tank(1));
  const { IDBObjectStore: Store } = await import('fake-indexeddb');
  const clear = Store.prototype.clear;
  Store.prototype.clear = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  await expect(discard()).rejects.toThrow('full');
  Store.prototype.clear = clear;
  expect(await shown()).toEqual([[1, 'waiting']]);
  expect(await phone.outbox.outboxRows()).toHaveLength(1);
});

afterEach(() => {
  Reflect.deleteProperty(navigator, 'locks');
});

test.skipIf(!navigator.locks)(
  'it waits for a running exchange, whose op is then delivered and not half discarded',
  async () => {
    const kept = await phone.checkins.keepCheckin(tank(1));
    let answer = () => {};
    const held = new Promise<void>((done) => {
      answer = done;
    });
    const through = globalThis.fetch;
    globalThis.fetch = async (path, init) => {
      if (String(path) === '/api/sync') await held;
      return through(path, init);
    };
    const exchange = phone.engine.flush();
    const discarding = discard();
    await new Promise((done) => setTimeout(done, 50));
    expect(await phone.outbox.outboxRows()).toHaveLength(1);
    answer();
    await Promise.all([exchange, discarding]);
    expect(server.log.ops.map((row) => row.op.entity_id)).toEqual([kept.id]);
    expect(await shown()).toEqual([[1, 'delivered']]);
  },
);

test('where a browser has no locks it discards all the same', async () => {
  Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true });
  server.fault = noNetwork;
  await phone.checkins.keepCheckin(tank(1));
  await phone.engine.flush();
  await discard();
  expect(await shown()).toEqual([]);
});

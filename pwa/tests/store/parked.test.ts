import { beforeEach, expect, test } from 'vitest';
import { type Phone, Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

let server: Server;
let phone: Phone;

beforeEach(async () => {
  server = new Server();
  phone = await new Profile().signIn(server.me);
});

const parked = () => import('../../src/store/parked');

async function setAside(more: object = {}) {
  const kept = await phone.checkins.keepCheckin({ ...tank(3), ...more });
  server.log.verdicts.set(kept.opId, 'parked');
  await phone.engine.flush();
  server.log.verdicts.clear();
  return kept;
}

async function shown() {
  await phone.view.refresh();
  return phone.view.entries.value.map((entry) => [entry.answers.a, entry.delivery]).sort();
}

test('put back, it is a new entry with the same words and the same moment, and is delivered', async () => {
  const kept = await setAside();
  const id = await (await parked()).putBackParked(kept.id);
  expect(id).not.toBe(kept.id);
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(await shown()).toEqual([[3, 'delivered']]);
  expect(phone.view.entries.value[0]).toMatchObject({ id, occurredAt: kept.occurredAt });
  expect(await (await parked()).putBackParked(kept.id)).toBeNull();
  expect(await shown()).toHaveLength(1);
});

test('discarded, it is gone from here, is not offered after a restore, and leaves no gap to report', async () => {
  const kept = await setAside();
  await phone.checkins.keepCheckin(tank(4));
  await phone.engine.flush();
  expect(await (await parked()).discardParked(kept.id)).toBe(true);
  server.log.ops = [];
  server.log.parked = [];
  server.log.epoch = 'epoch-2';
  await phone.engine.flush();
  expect(await shown()).toEqual([[4, 'delivered']]);
  expect(phone.view.neverArrived.value).toBe(0);
});

test('an edit set aside and discarded leaves what was delivered before it', async () => {
  const one = await phone.checkins.keepCheckin(tank(1));
  await phone.engine.flush();
  const edit = await setAside({ revises: { entity: one.id, op: one.opId } });
  expect(await shown()).toEqual([[3, 'parked']]);
  await (await parked()).discardParked(edit.id);
  expect(await shown()).toEqual([[1, 'delivered']]);
});

test('an entry whose op vanished from the queue is never called delivered, and can be put back', async () => {
  const lost = await phone.checkins.keepCheckin(tank(3));
  await phone.checkins.keepCheckin(tank(4));
  await phone.database.strict(['outbox'], (tx) => tx.objectStore('outbox').delete(lost.opId));
  await phone.engine.flush();
  expect(await shown()).toEqual([
    [3, 'parked'],
    [4, 'delivered'],
  ]);
  await (await parked()).putBackParked(lost.id);
  await phone.engine.flush();
  expect(await shown()).toEqual([
    [3, 'delivered'],
    [4, 'delivered'],
  ]);
});

import { beforeEach, expect, test } from 'vitest';
import { type Phone, Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

const WORDS = 'legal winner thank year wave sausage worth useful legal winner thank yellow'.split(' ');

let server: Server;
let profiles: [Profile, Profile];

beforeEach(async () => {
  server = new Server();
  profiles = [new Profile(), new Profile()];
  const first = await profiles[0].signIn(server.me);
  await first.recovery.keepRecovery(WORDS);
  const second = await profiles[1].start();
  await second.shell.keepMe(server.me);
  await second.recovery.recover(WORDS);
});

async function at(which: 0 | 1, work: (phone: Phone) => Promise<unknown>): Promise<Phone> {
  const phone = await profiles[which].start();
  await work(phone);
  await phone.engine.flush();
  await phone.view.refresh();
  return phone;
}

const nothing = async () => {};
const seen = (phone: Phone) => phone.view.entries.value.map((e) => e.answers.a);

test('both show the same journal', async () => {
  await at(0, (phone) => phone.checkins.keepCheckin(tank(1)));
  await at(1, (phone) => phone.checkins.keepCheckin(tank(2)));
  const first = await at(0, nothing);
  const second = await at(1, nothing);
  expect(seen(first).sort()).toEqual([1, 2]);
  expect(second.view.entries.value).toEqual(first.view.entries.value);
});

test('an edit on one device shows on the other', async () => {
  const first = await at(0, (phone) => phone.checkins.keepCheckin(tank(1)));
  await at(1, nothing);
  const entry = first.view.entries.value[0];
  if (!entry) throw new Error('nothing saved');
  await at(0, (phone) => phone.checkins.keepCheckin({ ...tank(9), revises: { entity: entry.id, op: entry.opId } }));
  expect(seen(await at(1, nothing))).toEqual([9]);
});

test('an entry taken back is gone on both, whatever the other device did to it meanwhile', async () => {
  const first = await at(0, (phone) => phone.checkins.keepCheckin(tank(1)));
  const entry = first.view.entries.value[0];
  if (!entry) throw new Error('nothing saved');
  await at(1, nothing);
  await at(0, (phone) => phone.checkins.withdrawEntry(entry.id));
  const edit = { ...tank(9), revises: { entity: entry.id, op: entry.opId } };
  expect(seen(await at(1, (phone) => phone.checkins.keepCheckin(edit)))).toEqual([]);
  expect(seen(await at(0, nothing))).toEqual([]);
});

test('an op whose mac does not fit is counted and shows nothing', async () => {
  await at(0, (phone) => phone.checkins.keepCheckin(tank(1)));
  const row = server.log.ops[0];
  if (row) row.op = { ...row.op, occurred_at: '2001-01-01T00:00:00.000Z' };
  const second = await at(1, nothing);
  expect(seen(second)).toEqual([]);
  expect(second.view.unopened.value).toBe(1);
});

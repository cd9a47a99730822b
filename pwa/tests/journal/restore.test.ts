/** J9: after a restore of the server, every op a phone kept is back within one sync, whatever goes wrong on the way. */

import { beforeEach, expect, test } from 'vitest';
import { type Phone, Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

let server: Server;
let profile: Profile;
let phone: Phone;

beforeEach(async () => {
  server = new Server();
  profile = new Profile();
  phone = await profile.signIn(server.me);
  await phone.checkins.keepCheckin(tank(1));
  await phone.checkins.keepCheckin(tank(2));
  await phone.engine.flush();
});

/** The server as it was after so many ops; `epoch` is what the restore command writes. */
function restore(ops: number, epoch: string = server.log.epoch): void {
  server.log.ops = server.log.ops.slice(0, ops);
  server.log.epoch = epoch;
}

const answersOf = async () => {
  await phone.view.refresh();
  return phone.view.entries.value.map((entry) => [entry.answers.a, entry.delivery]).sort();
};

function loseOffers(): void {
  server.fault = (seen) => (seen.path === '/api/sync/missing' ? new TypeError('reset') : null);
}

test.each([
  ['with a new epoch', 'epoch-2'],
  ['without one', 'epoch-1'],
])('after a restore %s, a lost offer is made again by the next sync', async (_name, epoch) => {
  restore(1, epoch);
  loseOffers();
  expect((await phone.engine.flush()).state).toBe('unreachable');
  server.fault = null;
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(server.log.ops.map((row) => row.op.seq)).toEqual([1, 2]);
});

test.each([
  ['with a new epoch', 'epoch-2'],
  ['without one', 'epoch-1'],
])('after a restore %s, an app that ended before its offer was answered makes it when it starts', async (_n, epoch) => {
  restore(0, epoch);
  loseOffers();
  await phone.engine.flush();
  phone = await profile.start();
  server.fault = null;
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(await answersOf()).toEqual([
    [1, 'delivered'],
    [2, 'delivered'],
  ]);
  expect(server.log.ops).toHaveLength(2);
});

test('an edit that the restored server still has stays on top of what it replaced', async () => {
  const first = await phone.checkins.keepCheckin(tank(3));
  await phone.checkins.keepCheckin({ ...tank(4), revises: { entity: first.id, op: first.opId } });
  await phone.engine.flush();
  restore(4, 'epoch-2');
  await phone.engine.flush();
  expect(await answersOf()).toEqual([
    [1, 'delivered'],
    [2, 'delivered'],
    [4, 'delivered'],
  ]);
});

test('an offer answered by a page of somebody in between stays due', async () => {
  restore(0, 'epoch-2');
  server.fault = (seen) => (seen.path === '/api/sync/missing' ? Response.json({ welcome: true }) : null);
  expect((await phone.engine.flush()).state).toBe('unreachable');
  server.fault = null;
  await phone.engine.flush();
  expect(server.log.ops).toHaveLength(2);
});

test('what an offer put back into the queue goes out after a restart', async () => {
  restore(0, 'epoch-2');
  let syncs = 0;
  server.fault = (seen) => {
    if (seen.path === '/api/sync') syncs += 1;
    return syncs > 1 ? new TypeError('reset') : null;
  };
  await phone.engine.flush();
  phone = await profile.start();
  expect((await phone.outbox.outboxRows()).map((row) => row.seq)).toEqual([1, 2]);
  server.fault = null;
  await phone.engine.flush();
  expect(server.log.ops).toHaveLength(2);
});

test('once it was answered, an offer is not made again', async () => {
  restore(0, 'epoch-2');
  await phone.engine.flush();
  server.seen = [];
  await phone.engine.flush();
  expect(server.paths()).toEqual(['POST /api/sync']);
});

test('a loss above an older hole is noticed although the line is no shorter', async () => {
  const [first, second] = server.log.ops;
  if (!first || !second) throw new Error('nothing arrived');
  await phone.database.strict(['kept'], (tx) => tx.objectStore('kept').delete(first.op.op_id));
  server.log.ops = [second];
  await phone.checkins.keepCheckin(tank(3));
  await phone.engine.flush();
  expect(server.log.ops.map((row) => row.op.seq)).toEqual([2, 3]);
  server.log.ops = server.log.ops.filter((row) => row.op.seq !== 2);
  await phone.engine.flush();
  expect(server.log.ops.map((row) => row.op.seq).sort()).toEqual([2, 3]);
  await phone.view.refresh();
  expect(phone.view.neverArrived.value).toBe(1);
});

test('a first sign-in offers nothing', () => {
  expect(server.paths()).not.toContain('POST /api/sync/missing');
});

test('a server restored from before this phone was enrolled gets it, and all it kept, back', async () => {
  restore(0, 'epoch-2');
  server.log.devices.clear();
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(server.log.ops.map((row) => row.op.seq)).toEqual([1, 2]);
});

/** This phone finds that another copy of its profile writes under its id, and takes a new one. */
async function forkThePhone(): Promise<string> {
  const { device_id, next_seq } = await phone.device.device();
  const other = { op_id: 'of-the-other-copy', entity_id: 'of-the-other-copy', device_id, seq: next_seq };
  const last = server.log.ops.at(-1);
  if (!last) throw new Error('nothing arrived');
  server.log.ops.push({ server_seq: last.server_seq + 1, op: { ...last.op, ...other, kind: 'withdraw' } });
  await phone.checkins.keepCheckin(tank(3));
  await phone.engine.flush();
  expect((await phone.device.device()).device_id).not.toBe(device_id);
  return device_id;
}

test('what this phone wrote under a former id comes back under its own, each op once', async () => {
  const former = await forkThePhone();
  const before = server.log.ops.map((row) => row.op.op_id);
  restore(0, 'epoch-2');
  server.log.devices.clear();
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(server.log.ops.map((row) => row.op.op_id).sort()).toEqual(before.sort());
  expect(server.log.devices.has(former)).toBe(false);
  expect(await answersOf()).toEqual([
    [1, 'delivered'],
    [2, 'delivered'],
    [3, 'delivered'],
  ]);
  expect(phone.view.neverArrived.value).toBe(0);
});

test('an op that another copy of the phone brought back first is stored once and missed by nobody', async () => {
  await forkThePhone();
  const original = server.log.ops.map((row) => row.op);
  restore(0, 'epoch-2');
  let asked = false;
  server.fault = (seen) => {
    // Between the offer and the ops themselves the other copy delivers its own.
    if (asked && seen.path === '/api/sync') {
      asked = false;
      original.forEach((op, i) => {
        server.log.ops.push({ server_seq: i + 1, op });
      });
    }
    asked ||= seen.path === '/api/sync/missing';
    return null;
  };
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(server.log.ops).toHaveLength(original.length);
  await phone.checkins.keepCheckin(tank(4));
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect((await answersOf()).map(([a]) => a)).toEqual([1, 2, 3, 4]);
  expect(phone.view.neverArrived.value).toBe(0);
});

test('an entry taken back leaves no gap to report after a restore', async () => {
  await phone.view.refresh();
  const entry = phone.view.entries.value[1];
  if (!entry) throw new Error('nothing saved');
  await phone.checkins.withdrawEntry(entry.id);
  await phone.engine.flush();
  restore(0, 'epoch-2');
  await phone.engine.flush();
  expect(server.log.ops.map((row) => row.op.kind).sort()).toEqual(['create', 'withdraw']);
  await phone.engine.flush();
  await phone.view.refresh();
  expect(phone.view.neverArrived.value).toBe(0);
});

/** J7 and J13: nothing in the queue holds the rest back for ever, and no clock decides what arrives. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Phone, Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

const DAY = 86_400_000;

let server: Server;
let profile: Profile;
let phone: Phone;

beforeEach(async () => {
  server = new Server();
  profile = new Profile();
  phone = await profile.signIn(server.me);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const setClock = (at: number) => vi.spyOn(Date, 'now').mockReturnValue(at);
const queue = async () => (await phone.outbox.outboxRows()).map((row) => row.op_id);

async function saveMany(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push((await phone.checkins.keepCheckin(tank(i % 11))).opId);
  return ids;
}

test('fifty ops the server wants later hold nothing back, and wait themselves', async () => {
  const first = await saveMany(50);
  for (const id of first) server.log.verdicts.set(id, 'later');
  const behind = await saveMany(3);
  expect(await phone.engine.flush()).toEqual({ state: 'done', held: true });
  expect(server.log.ops.map((row) => row.op.op_id)).toEqual(behind);
  expect(await queue()).toEqual(first);
  const asked = server.log.requests.length;
  await phone.engine.flush();
  expect(server.log.requests.slice(asked).flatMap((request) => request.ops)).toEqual([]);
}, 20_000);

test('what had to wait goes after a day, at the next start of the app, and when the person asks', async () => {
  const one = await saveMany(1);
  const [id = ''] = one;
  server.log.verdicts.set(id, 'later');
  await phone.engine.flush();
  server.log.verdicts.clear();
  await phone.engine.flush();
  expect(await queue()).toEqual(one);
  setClock(Date.now() + DAY + 1);
  await phone.engine.flush();
  expect(await queue()).toEqual([]);

  for (const again of ['start', 'ask']) {
    const [next = ''] = await saveMany(1);
    server.log.verdicts.set(next, 'later');
    await phone.engine.flush();
    server.log.verdicts.clear();
    if (again === 'start') phone = await profile.start();
    else phone.engine.tryAll();
    await phone.engine.flush();
    expect(await queue()).toEqual([]);
  }
});

test('a body that does not open on this phone is passed over, and the others arrive and are shown', async () => {
  const [bad = ''] = await saveMany(1);
  await phone.database.strict(['outbox', 'journal'], async (tx) => {
    const row = await tx.objectStore('outbox').get(bad);
    if (!row?.plain) throw new Error('nothing saved');
    const spoilt = { iv: row.plain.iv, data: new Uint8Array(64).buffer };
    await tx.objectStore('outbox').put({ ...row, plain: spoilt });
    const entry = await tx.objectStore('journal').get(row.entity_id);
    if (entry) await tx.objectStore('journal').put({ ...entry, box: spoilt });
  });
  const behind = await saveMany(2);
  expect(await phone.engine.flush()).toEqual({ state: 'done', held: true });
  expect(server.log.ops.map((row) => row.op.op_id)).toEqual(behind);
  await phone.view.refresh();
  expect(phone.view.entries.value).toHaveLength(2);
  expect(phone.view.unopened.value).toBe(1);
});

test('a thousand check-ins of three weeks go in twenty exchanges, each once and in order', async () => {
  const ids = await saveMany(1000);
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(server.log.requests).toHaveLength(20);
  expect(server.log.ops.map((row) => row.op.op_id)).toEqual(ids);
  expect(await queue()).toEqual([]);
}, 60_000);

test.each([
  ['1970', 0],
  ['2038', Date.parse('2038-01-19T03:14:08Z')],
  ['two days ago', Date.now() - 2 * DAY],
  ['in two days', Date.now() + 2 * DAY],
])('a clock that says %s changes neither order, nor ids, nor drafts, nor what arrives', async (_name, at) => {
  const [before = ''] = await saveMany(1);
  setClock(at);
  const [jumped = ''] = await saveMany(1);
  await phone.drafts.keepDraft('P10', {
    protocol: 'P10',
    version: 1,
    prompt_id: null,
    answers: { a: 2 },
    skipped: [],
    at: 'b',
  });
  vi.restoreAllMocks();
  const [after = ''] = await saveMany(1);
  expect((await phone.drafts.draftOf('P10'))?.answers).toEqual({ a: 2 });
  expect(jumped).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(server.log.ops.map((row) => [row.op.op_id, row.op.seq])).toEqual([
    [before, 1],
    [jumped, 2],
    [after, 3],
  ]);
  await phone.view.refresh();
  expect(phone.view.entries.value.every((entry) => entry.delivery === 'delivered')).toBe(true);
});

test('kept ops stay for forty-five days of the server’s clock, whatever this phone’s says', async () => {
  const kept = async () => (await phone.outbox.keptIds()).length;
  await saveMany(1);
  await phone.engine.flush();
  const start = Date.parse(server.log.now);
  setClock(Date.parse('2038-01-19T03:14:08Z'));
  await phone.engine.flush();
  expect(await kept()).toBe(1);
  setClock(0);
  server.log.now = new Date(start + 45 * DAY - 1000).toISOString();
  await phone.engine.flush();
  expect(await kept()).toBe(1);
  server.log.now = new Date(start + 45 * DAY + 1000).toISOString();
  await phone.engine.flush();
  expect(await kept()).toBe(0);
});

test('a phone set back to an older copy of itself uses no number twice, and says so', async () => {
  await saveMany(2);
  await phone.engine.flush();
  const { device_id } = await phone.device.device();
  await phone.database.strict(['settings'], async (tx) => {
    const row = await tx.objectStore('settings').get('device');
    await tx.objectStore('settings').put({ ...row, next_seq: 2, acked_through: 1 } as never, 'device');
  });
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  const now = await phone.device.device();
  expect(now.device_id).not.toBe(device_id);
  expect(now.instead_of).toBe(device_id);
  const [next = ''] = await saveMany(1);
  await phone.engine.flush();
  expect(server.log.ops.at(-1)?.op).toMatchObject({ op_id: next, seq: 1 });
  await phone.view.refresh();
  expect(phone.view.lost.value).toEqual({ why: 'set-back', waiting: null });
  expect(phone.view.neverArrived.value).toBe(0);
});

test('a withdrawal made on another phone comes back after a restore from whoever saw it', async () => {
  const { id } = await phone.checkins.keepCheckin(tank(4));
  await phone.engine.flush();
  const created = server.log.ops.slice();
  // The other phone takes it back; its own copy is then lost with it.
  const device = { device_id: crypto.randomUUID(), seq: 1 };
  server.log.devices.set(device.device_id, false);
  const first = created[0]?.op ?? never();
  const withdrawal = { ...first, ...device, op_id: crypto.randomUUID(), kind: 'withdraw' as const, body: '' };
  server.log.ops.push({ server_seq: 2, op: withdrawal });
  await phone.engine.flush();
  server.log.ops = created;
  server.log.epoch = 'epoch-2';
  server.log.devices.delete(device.device_id);
  await phone.engine.flush();
  expect(server.log.ops.map((row) => [row.op.kind, row.op.entity_id])).toEqual([
    ['create', id],
    ['withdraw', id],
  ]);
});

function never(): never {
  throw new Error('nothing there');
}

test('a server that knew this browser as another phone says that its storage is lost, once', async () => {
  phone = await new Profile().start();
  await phone.shell.keepMe(server.me);
  await phone.identity.ensureIdentity();
  server.fault = (seen) => {
    if (!seen.path.startsWith('/api/devices/')) return null;
    server.log.devices.set(seen.path.slice('/api/devices/'.length), false);
    return Response.json({ device_id: '', name: '', added_on: '2026-11-19', reset: { device_id: 'old', name: 'Old' } });
  };
  await phone.engine.flush();
  await phone.view.refresh();
  expect(phone.view.lost.value).toEqual({ why: 'cleared', waiting: null });
});

import { beforeEach, expect, test } from 'vitest';
import type { OpStatus } from '../../src/contract';
import { type Phone, Profile, tank } from '../doubles/phone';
import { json, problem, Server } from '../doubles/server';

let server: Server;
let profile: Profile;
let phone: Phone;

beforeEach(async () => {
  server = new Server();
  profile = new Profile();
  phone = await profile.signIn(server.me);
});

const queue = async () => (await phone.outbox.outboxRows()).map((row) => row.entity_id);

async function shown() {
  await phone.view.refresh();
  return phone.view.entries.value;
}

test('a saved check-in waits, is sealed, and is delivered once', async () => {
  const kept = await phone.checkins.keepCheckin(tank(7));
  expect((await shown()).map((e) => e.delivery)).toEqual(['waiting']);
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(await queue()).toEqual([]);
  expect((await shown()).map((e) => [e.id, e.delivery])).toEqual([[kept.id, 'delivered']]);
  expect(server.log.ops.map((row) => row.op.kind)).toEqual(['create']);
  expect(JSON.stringify(server.seen)).not.toContain('P10');
});

test('the queue survives a restart of the app', async () => {
  server.fault = () => new TypeError('no network');
  const kept = await phone.checkins.keepCheckin(tank(7));
  expect(await phone.engine.flush()).toEqual({ state: 'unreachable', after: null });
  phone = await profile.start();
  expect(await queue()).toEqual([kept.id]);
  server.fault = null;
  await phone.engine.flush();
  expect(await queue()).toEqual([]);
  expect(server.log.ops).toHaveLength(1);
});

test('a lost answer makes the same bytes go again, and the server has them once', async () => {
  await phone.checkins.keepCheckin(tank(7));
  let lost = 0;
  server.fault = (seen) => {
    if (seen.path !== '/api/sync' || lost > 0) return null;
    lost += 1;
    server.log.take(JSON.parse(seen.body ?? ''));
    return new TypeError('reset');
  };
  expect((await phone.engine.flush()).state).toBe('unreachable');
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  const [first, second] = server.log.requests.map((request) => request.ops[0]);
  expect(second).toEqual(first);
  expect(server.log.ops).toHaveLength(1);
  expect(await queue()).toEqual([]);
});

test.each<[OpStatus, number]>([
  ['applied', 0],
  ['dup', 0],
  ['parked', 0],
  ['later', 1],
  ['not_yours', 1],
])('an op answered %s leaves %i in the outbox', async (status, left) => {
  const kept = await phone.checkins.keepCheckin(tank(7));
  if (status !== 'applied') server.log.verdicts.set(kept.opId, status);
  await phone.engine.flush();
  expect(await queue()).toHaveLength(left);
});

test('a parked check-in stays on the phone with its answers and its reason', async () => {
  const kept = await phone.checkins.keepCheckin(tank(3));
  server.log.verdicts.set(kept.opId, 'parked');
  await phone.engine.flush();
  expect((await shown())[0]).toMatchObject({ delivery: 'parked', reason: 'too_big', answers: { a: 3 } });
});

test('a conflict keeps the stored copy and delivers ours under a new id', async () => {
  const kept = await phone.checkins.keepCheckin(tank(7));
  server.log.verdicts.set(kept.opId, 'conflict');
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(server.log.ops.map((row) => row.op.entity_id)).toEqual([kept.id]);
  expect(server.log.ops[0]?.op.op_id).not.toBe(kept.opId);
  expect((await shown())[0]?.delivery).toBe('delivered');
});

test('a cloned phone takes a new device id and delivers what the other copy did not', async () => {
  await phone.checkins.keepCheckin(tank(1));
  await phone.engine.flush();
  const row = server.log.ops[0];
  if (!row) throw new Error('nothing arrived');
  const mine = await phone.device.device();
  server.log.ops.push({
    server_seq: 2,
    op: { ...row.op, op_id: 'of-the-other-copy', seq: mine.next_seq, kind: 'withdraw' },
  });
  const kept = await phone.checkins.keepCheckin(tank(2));
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect((await phone.device.device()).device_id).not.toBe(mine.device_id);
  expect(server.log.ops.at(-1)?.op).toMatchObject({ entity_id: kept.id, seq: 1 });
  expect(await queue()).toEqual([]);
});

test('a signed-out session keeps the queue', async () => {
  await phone.checkins.keepCheckin(tank(7));
  server.fault = (seen) => (seen.path === '/api/sync' ? problem(401, 'signed_out') : null);
  expect(await phone.engine.flush()).toEqual({ state: 'signed-out' });
  expect(await queue()).toHaveLength(1);
});

test('every request says whose outbox it is, and a session of somebody else sends nothing', async () => {
  await phone.checkins.keepCheckin(tank(7));
  server.fault = (seen) => (seen.path === '/api/sync' ? problem(409, 'other_person') : null);
  expect(await phone.engine.flush()).toEqual({ state: 'not-ours' });
  expect(await queue()).toHaveLength(1);
  const bodies = server.seen
    .filter((seen) => /devices|sync/.test(seen.path))
    .map((seen) => JSON.parse(seen.body ?? ''));
  expect(bodies.map((body) => body.person_id)).toEqual([server.me.id, server.me.id]);
});

test('a server that speaks a newer version still takes what this one writes', async () => {
  await phone.checkins.keepCheckin(tank(7));
  server.log.proto = 2;
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(await queue()).toEqual([]);
});

test('a busy server is obeyed', async () => {
  await phone.checkins.keepCheckin(tank(7));
  server.fault = (seen) => (seen.path === '/api/sync' ? problem(503, 'busy', {}, { 'retry-after': '17' }) : null);
  expect(await phone.engine.flush()).toEqual({ state: 'unreachable', after: 17 });
});

test.each<[string, () => Response]>([
  ['a page in HTML', () => new Response('<html>Accept our terms</html>', { headers: { 'content-type': 'text/html' } })],
  ['JSON with another nonce', () => json({ proto: 1, nonce: 'other', results: [] })],
  ['JSON cut in the middle', () => new Response('{"proto":1,', { headers: { 'content-type': 'application/json' } })],
])('a captive portal answering with %s counts as no network', async (_name, portal) => {
  await phone.checkins.keepCheckin(tank(7));
  server.fault = (seen) => (seen.path === '/api/sync' ? portal() : null);
  expect(await phone.engine.flush()).toEqual({ state: 'unreachable', after: null });
  expect(await queue()).toHaveLength(1);
});

test('a hundred and twenty check-ins go in batches of fifty', async () => {
  for (let i = 0; i < 120; i += 1) await phone.checkins.keepCheckin(tank(i % 11));
  await phone.engine.flush();
  expect(server.log.requests.map((request) => request.ops.length)).toEqual([50, 50, 20]);
  expect(server.log.ops.map((row) => row.op.seq)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
}, 30_000);

test('a prompt answered by a check-in travels in the same save', async () => {
  const promptId = '22222222-2222-4222-8222-222222222222';
  await phone.checkins.keepCheckin({ ...tank(7), promptId });
  await phone.engine.flush();
  expect(server.log.ops.map((row) => row.op.kind)).toEqual(['create', 'prompt']);
  expect(JSON.parse(server.log.ops[1]?.op.body ?? '')).toEqual({ prompt_id: promptId, outcome: 'answered' });
});

test('a restored server gets back what this phone kept', async () => {
  await phone.checkins.keepCheckin(tank(1));
  await phone.checkins.keepCheckin(tank(2));
  await phone.engine.flush();
  const before = server.log.ops.map((row) => row.op);
  server.log.ops = [];
  server.log.epoch = 'epoch-2';
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(server.log.ops.map((row) => row.op)).toEqual(before);
  expect((await shown()).map((e) => e.delivery)).toEqual(['delivered', 'delivered']);
});

test('a server restored without a new epoch is noticed by its shorter memory', async () => {
  await phone.checkins.keepCheckin(tank(1));
  await phone.checkins.keepCheckin(tank(2));
  await phone.engine.flush();
  server.log.ops = server.log.ops.slice(0, 1);
  await phone.engine.flush();
  expect(server.log.ops).toHaveLength(2);
});

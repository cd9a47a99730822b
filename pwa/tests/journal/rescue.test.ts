import { beforeEach, expect, test } from 'vitest';
import { type Phone, Profile, tank } from '../doubles/phone';
import { RITA, Server } from '../doubles/server';

let server: Server;
let profile: Profile;
let phone: Phone;

beforeEach(async () => {
  server = new Server();
  profile = new Profile();
  phone = await profile.signIn(server.me);
});

const rescue = () => import('../../src/journal/rescue');
const make = async () => (await rescue()).makeRescue();
const putBack = async (text: string) => (await rescue()).putBackRescue(text);

async function shown() {
  await phone.view.refresh();
  return phone.view.entries.value.map((entry) => [entry.answers.a, entry.delivery]).sort();
}

/** A delivered entry that is edited, one taken back, a new one with its prompt, and one set aside: all of it unsent. */
async function unsent(): Promise<void> {
  const one = await phone.checkins.keepCheckin(tank(1));
  const two = await phone.checkins.keepCheckin(tank(2));
  const aside = await phone.checkins.keepCheckin(tank(3));
  server.log.verdicts.set(aside.opId, 'parked');
  await phone.engine.flush();
  await phone.checkins.keepCheckin({ ...tank(9), revises: { entity: one.id, op: one.opId } });
  await phone.checkins.withdrawEntry(two.id);
  await phone.checkins.keepCheckin({ ...tank(4), promptId: '22222222-2222-4222-8222-222222222222' });
}

/** The same person on another phone, with the key of the first. */
async function newPhone(): Promise<void> {
  const held = await phone.identity.identity();
  if (!held) throw new Error('no key');
  profile = new Profile();
  phone = await profile.start();
  await phone.shell.keepMe(server.me);
  await phone.identity.adoptIdentity(held);
}

test('a rescue file says what it is, and nothing of what is in it', async () => {
  await phone.checkins.keepCheckin({ protocol: 'P01', version: 1, answers: { d: 'canary sentence' } });
  const file = await make();
  expect(file).toMatchObject({ count: 1, name: expect.stringMatching(/^handrail-rescue-\d{4}-\d\d-\d\d\.txt$/) });
  expect(file.text).toContain('holds 1 item that had not been delivered');
  expect(file.text).not.toMatch(/canary|P01/);
});

test('everything unsent comes back on a new phone, and is delivered once', async () => {
  await unsent();
  const { text, count } = await make();
  expect(count).toBe(5);
  await newPhone();
  expect(await putBack(text)).toEqual({ state: 'done', back: 5, there: 0 });
  server.log.verdicts.clear();
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(await shown()).toEqual([
    [3, 'delivered'],
    [4, 'delivered'],
    [9, 'delivered'],
  ]);
  expect(server.log.ops.map((row) => row.op.kind).sort()).toEqual(
    ['create', 'create', 'create', 'create', 'prompt', 'revise', 'withdraw'].sort(),
  );
});

test('putting it back twice, or where everything is still there, changes nothing', async () => {
  await unsent();
  const { text } = await make();
  const before = await phone.outbox.outboxRows();
  expect(await putBack(text)).toEqual({ state: 'done', back: 0, there: 5 });
  expect(await phone.outbox.outboxRows()).toEqual(before);
  await newPhone();
  await putBack(text);
  expect(await putBack(text)).toEqual({ state: 'done', back: 0, there: 5 });
  expect(await phone.outbox.outboxRows()).toHaveLength(5);
});

test('what the first phone delivered after the file was made is not doubled', async () => {
  await phone.checkins.keepCheckin(tank(1));
  const { text } = await make();
  await phone.engine.flush();
  await newPhone();
  expect(await putBack(text)).toMatchObject({ back: 1 });
  expect(await phone.engine.flush()).toEqual({ state: 'done' });
  expect(server.log.ops).toHaveLength(1);
  expect(await shown()).toEqual([[1, 'delivered']]);
  expect(phone.view.neverArrived.value).toBe(0);
});

test('another person’s file is refused plainly and nothing is changed', async () => {
  await phone.checkins.keepCheckin(tank(1));
  const { text } = await make();
  const ravi = new Server();
  ravi.me = { ...RITA, id: '33333333-3333-4333-8333-333333333333', name: 'Ravi' };
  phone = await new Profile().signIn(ravi.me);
  expect(await putBack(text)).toEqual({ state: 'another' });
  expect(await putBack(text.replace(/^Owner: .*$/m, ''))).toEqual({ state: 'another' });
  expect(await phone.outbox.outboxRows()).toEqual([]);
});

test.each([
  ['cut in the middle', (text: string) => text.slice(0, -300), 'damaged'],
  [
    'changed by a letter',
    (text: string) =>
      text.replace(/\n([A-Za-z0-9+/]{64})\n(?=-----END|[A-Za-z0-9+/=]+\n-----END)/, (line) =>
        line.replace(/[a-z]/, 'A'),
      ),
    'damaged',
  ],
  ['any other text', () => 'Dear diary', 'not-a-rescue-file'],
])('a file %s is told as %s and changes nothing', async (_name, spoil, state) => {
  await phone.checkins.keepCheckin(tank(1));
  const { text } = await make();
  await newPhone();
  expect(await putBack(spoil(text))).toEqual({ state });
  expect(await phone.outbox.outboxRows()).toEqual([]);
});

test('a crafted item of a wrong form is refused', async () => {
  const { seal } = await import('../../src/seal/age');
  const { armor } = await import('age-encryption');
  const { fromB64u } = await import('../../src/store/bytes');
  const { publicKey } = (await phone.identity.identity()) ?? { publicKey: '' };
  const item = { op_id: 'x', entity_id: 'y', kind: 'create', base: null, occurred_at: '2026-11-19T12:00:00Z' };
  const items = [{ ...item, cargo: 'checkin', checkin: null, body: null }];
  const contents = { type: 'rescue', v: 1, person: RITA.id, made_at: '', items };
  const block = armor.encode(fromB64u(await seal(contents, publicKey)));
  const owner = /^Owner: .*$/m.exec((await make()).text)?.[0];
  expect(await putBack(`Handrail rescue file\n${owner}\n${block}`)).toEqual({ state: 'damaged' });
});

import { beforeEach, expect, test } from 'vitest';
import type { Block, BlockKey } from '../../src/contract';
import { blockOf, Issuer, makeKey } from '../doubles/issuer';
import { type Phone, Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

const WORDS = 'legal winner thank year wave sausage worth useful legal winner thank yellow'.split(' ');
const [common, own] = await Promise.all([makeKey(), makeKey()]);

let server: Server;
let issuer: Issuer;
let profile: Profile;
let phone: Phone;

beforeEach(async () => {
  server = new Server();
  issuer = new Issuer(server, common);
  profile = new Profile();
  phone = await profile.signIn(server.me);
});

/** Exchanges and tends until nothing more is written, as a session's round does. */
async function settled(which: Phone = phone): Promise<void> {
  Object.assign(which.sending.pace, { min: 0, max: 0 });
  await which.engine.flush();
  while (await which.pulse.tend()) await which.engine.flush();
  await which.sending.sendSheets(server.box.epoch);
}

const alarms = async () => Object.values((await phone.values.setting('alarms')) ?? {});
const left = () => server.paths().filter((path) => path === 'POST /api/pulse/issue').length;

test('a phone obtains a token and forgets what could link it', async () => {
  await settled();
  const [row] = await phone.tokens.tokenRows();
  expect(row).toMatchObject({ input_msg: null, blinded_msg: null, inv: null, key_id: common.key_id });
  expect(row?.sig).toHaveLength(342);
  const bodies = server.log.ops.map(({ op }) => [op.kind, op.body === '']);
  expect(bodies).toEqual([
    ['create', true],
    ['create', false],
    ['withdraw', true],
  ]);
});

test('the pending record is in the journal before the blinded message leaves', async () => {
  await phone.engine.flush();
  await phone.pulse.tend();
  expect(left()).toBe(0);
  await phone.pulse.tend();
  expect(left()).toBe(0);
  await phone.engine.flush();
  await phone.pulse.tend();
  expect(left()).toBe(1);
});

test('a lost answer makes the same blinded message go again', async () => {
  let lost = 0;
  server.fault = (seen) => {
    if (seen.path !== '/api/pulse/issue' || lost > 0) return null;
    lost += 1;
    server.issue(JSON.parse(seen.body ?? ''));
    return new TypeError('reset');
  };
  await expect(settled()).rejects.toThrow();
  phone = await profile.start();
  await settled();
  expect((await phone.tokens.tokenRows())[0]?.sig).not.toBeNull();
  expect(issuer.signed.size).toBe(1);
});

const spoiled: [string, string, () => Promise<void> | void][] = [
  ['a key of my own', 'KEY_INCONSISTENT', () => show({ mine: [blockOf(own)] })],
  ['two keys for one block', 'KEY_INCONSISTENT', () => show({ all: [blockOf(common), blockOf(own)] })],
  ['no key in the open list', 'KEY_INCONSISTENT', () => show({ all: [] })],
  ['another shape for me alone', 'KEY_INCONSISTENT', () => show({ mine: [blockOf(common, { shape: TANK })] })],
  ['an id that is not the hash', 'KEY_ID_MISMATCH', () => both({ ...own, key_id: common.key_id })],
  ['a key of 3072 bits', 'KEY_SHAPE', async () => both(await makeKey(3072))],
  ['e = 3', 'KEY_SHAPE', async () => both(await makeKey(2048, 3))],
  [
    'a key an earlier release did not announce',
    'KEY_NOT_PINNED',
    () => {
      const next = { '2026-W47': own.key_id };
      server.published = [{ group: 'g1', block: '2026-W46', key_id: common.key_id, next, digest: '' }];
    },
  ],
];

test.each(spoiled)('%s is caught before anything leaves', async (_name, code, spoil) => {
  await spoil();
  await settled();
  expect(await alarms()).toEqual([code]);
  expect(left()).toBe(0);
  expect(await phone.tokens.tokenRows()).toEqual([]);
});

const TANK = { P10: [{ item: 'a', max: 10 }] };

/** What the server shows to this person, and what it shows to all. */
function show({ mine = server.blocks, all = server.box.keys }: { mine?: Block[]; all?: Block[] | BlockKey[] }): void {
  server.blocks = mine;
  server.box.keys = all;
}

const both = (key: { spki: string; key_id: string }) => show({ mine: [blockOf(key)], all: [blockOf(key)] });

test('a key that changes during the block is caught', async () => {
  await settled();
  both(own);
  await settled();
  expect(await alarms()).toEqual(['KEY_CHANGED']);
  expect(left()).toBe(1);
});

test('a second device adopts the token and speaks for the same sheet', async () => {
  await phone.recovery.keepRecovery(WORDS);
  await phone.checkins.keepCheckin(tank(4));
  await settled();
  const other = new Profile();
  const second = await other.start();
  await second.shell.keepMe(server.me);
  await second.recovery.recover(WORDS);
  await second.engine.flush();
  await second.checkins.keepCheckin(tank(8));
  await settled(second);
  expect(left()).toBe(1);
  expect([...issuer.sheets.values()].map((sheet) => sheet.a)).toEqual([{ P10: [8] }]);
});

test('two devices that blinded at once agree on the first record', async () => {
  await phone.recovery.keepRecovery(WORDS);
  await phone.engine.flush();
  await phone.pulse.tend();
  const other = new Profile();
  let second = await other.start();
  await second.shell.keepMe(server.me);
  await second.recovery.recover(WORDS);
  await second.engine.flush();
  await second.pulse.tend();
  await second.engine.flush();
  phone = await profile.start();
  await settled(phone);
  second = await other.start();
  await settled(second);
  const [mine] = await second.tokens.tokenRows();
  phone = await profile.start();
  await settled(phone);
  expect((await phone.tokens.tokenRows())[0]?.nonce).toBe(mine?.nonce);
  expect(issuer.signed.size).toBe(1);
  expect(await alarms()).toEqual([]);
});

import { beforeEach, expect, test } from 'vitest';
import type { BoxRelease, Cell, Release } from '../../src/contract';
import { digestOf } from '../../src/pulse/consistency';
import { Issuer, makeKey } from '../doubles/issuer';
import { type Phone, Profile } from '../doubles/phone';
import { Server } from '../doubles/server';

const [common, own] = await Promise.all([makeKey(), makeKey()]);
const CELL: Cell = {
  protocol: 'P10',
  item: 'a',
  words: 'Had little left to give',
  kind: 'share',
  state: 'shown',
  band: 'few',
  chips: null,
  why: null,
};

let server: Server;
let profile: Profile;
let phone: Phone;

beforeEach(async () => {
  server = new Server();
  new Issuer(server, common);
  profile = new Profile();
  phone = await profile.signIn(server.me);
  await settled();
  phone = await profile.start();
  server.blocks = [];
});

async function settled(): Promise<void> {
  Object.assign(phone.sending.pace, { min: 0, max: 0 });
  await phone.engine.flush();
  while (await phone.pulse.tend()) await phone.engine.flush();
}

const alarms = async () => Object.values((await phone.values.setting('alarms')) ?? {});
const tokens = () => phone.tokens.tokenRows();
const shown = async () => (await phone.values.cached('releases'))?.value ?? [];

interface Facts {
  key_id?: string;
  eligible?: number;
  issued?: number;
  cells?: Cell[];
}

/** A release as the server gives it to this person: beside its text what the text says. */
function released(facts: Facts = {}): Release {
  const said = { key_id: common.key_id, eligible: 9, issued: 9, cells: [CELL], agenda: null, note: 'Naïve.', ...facts };
  const body = JSON.stringify({
    v: 1,
    group: 'g1',
    block: '2026-W47',
    next: {},
    salt: 'AAAAAAAAAAAAAAAAAAAAAA',
    ...said,
  });
  const days = { open_day: '2026-11-16', end_day: '2026-11-22', published_at: '2026-11-26T13:00:00Z' };
  return { group: { id: 'g1', name: 'Medicine' }, block: '2026-W47', ...days, ...said, body };
}

const listed = async (release: Release): Promise<BoxRelease> => ({
  group: 'g1',
  block: release.block,
  key_id: JSON.parse(release.body).key_id,
  next: {},
  digest: await digestOf(release.body),
});

test('a release that is everybody’s and names my key ends the token without a word', async () => {
  server.releases = [released()];
  server.published = [await listed(released())];
  await settled();
  expect(await alarms()).toEqual([]);
  expect(await tokens()).toEqual([]);
  expect(await shown()).toEqual(server.releases);
});

test('the token stays until the release is listed for everybody', async () => {
  server.releases = [released()];
  await settled();
  expect(await alarms()).toEqual([]);
  expect(await tokens()).toHaveLength(1);
});

test('a text that is not the one listed for everybody is told', async () => {
  server.releases = [released({ cells: [{ ...CELL, band: 'most' }] })];
  server.published = [await listed(released())];
  await settled();
  expect(await alarms()).toEqual(['RELEASE_DIFFERS']);
});

test('a release of a block I had no part in is held against everybody’s as well', async () => {
  const earlier = { ...released(), block: '2026-W46' };
  const spelled = (release: Release) => ({ ...release, body: release.body.replace('2026-W47', '2026-W46') });
  server.releases = [spelled({ ...earlier, body: released({ issued: 8 }).body })];
  server.published = [await listed(spelled(earlier))];
  await settled();
  expect(await alarms()).toEqual(['RELEASE_DIFFERS']);
  expect(await tokens()).toHaveLength(1);
});

test('what is shown is what the text says, whatever stands beside it', async () => {
  server.releases = [{ ...released(), cells: [{ ...CELL, band: 'most' }], note: 'All is well.' }];
  server.published = [await listed(released())];
  await settled();
  expect(await alarms()).toEqual([]);
  expect(await shown()).toEqual([released()]);
});

test('a release that names another key is told, also before it is listed', async () => {
  server.releases = [released({ key_id: own.key_id })];
  await settled();
  expect(await alarms()).toEqual(['KEY_NOT_IN_RELEASE']);
  server.published = [await listed(released({ key_id: own.key_id }))];
  phone = await profile.start();
  await settled();
  expect(await alarms()).toEqual(['KEY_NOT_IN_RELEASE']);
  expect(await tokens()).toEqual([]);
});

test('everybody’s list naming another key than mine is told', async () => {
  server.releases = [released()];
  server.published = [await listed(released({ key_id: own.key_id }))];
  await settled();
  expect(await alarms()).toEqual(['KEY_NOT_IN_RELEASE']);
});

test('more tokens than people is told', async () => {
  server.releases = [released({ eligible: 8 })];
  await settled();
  expect(await alarms()).toEqual(['COUNTS']);
});

test('the phone makes the digest the box makes', async () => {
  // The box's own test holds the same text to the same digest.
  expect(await digestOf('{"note":"Naïve – ✓"}')).toBe('PP7zj5apn9lyo2Z76xUO0j6wKFkZxSyeI7WYQoo1qYc');
});

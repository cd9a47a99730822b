// @vitest-environment happy-dom

/** Every subset of the ways back to a journal: what the screen said would happen is what happens. */

import { beforeEach, expect, test, vi } from 'vitest';
import { words as phoneWords } from '../../src/screens/resident/words/phone';
import { Authenticator } from '../doubles/authenticator';
import { type Phone, Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

const WORDS = 'legal winner thank year wave sausage worth useful legal winner thank yellow'.split(' ');
let server: Server;
let authenticator: Authenticator;

beforeEach(() => {
  // Several phones share this process; they must not hear each other as windows of one browser would.
  vi.stubGlobal('BroadcastChannel', undefined);
  server = new Server();
  authenticator = new Authenticator().plug();
});

/** The modules of the phone that was started last, which hold its journal's ways back. */
const ways = async () => ({
  passkey: await import('../../src/session/passkey'),
  handover: await import('../../src/session/handover'),
});

const signedIn = async (profile: Profile): Promise<Phone> => {
  const phone = await profile.signIn(server.me);
  phone.view.me.value = server.me;
  return phone;
};

/** A first phone with one entry delivered, and the wraps that were made on it. */
async function firstPhone(made: { words?: boolean; passkey?: boolean }): Promise<Profile> {
  const profile = new Profile();
  const phone = await signedIn(profile);
  if (made.words) await phone.recovery.keepRecovery(WORDS);
  if (made.passkey) await (await ways()).passkey.keepPasskey();
  await phone.checkins.keepCheckin(tank(7));
  await phone.engine.flush();
  return profile;
}

/** A new phone of the same person, which must not hold the key yet. */
async function newPhone(): Promise<{ profile: Profile; phone: Phone }> {
  const profile = new Profile();
  const phone = await profile.start();
  await phone.shell.keepMe(server.me);
  phone.view.me.value = server.me;
  expect(await phone.account.settleIdentity(server.me)).toBe('locked');
  return { profile, phone };
}

async function shows(phone: Phone): Promise<unknown[]> {
  await phone.engine.flush();
  await phone.view.refresh();
  return phone.view.entries.value.map((entry) => entry.answers);
}

/** What a new phone shows after another one that has the key handed it over. */
async function handedOver(from: Profile): Promise<unknown[]> {
  const { profile, phone } = await newPhone();
  const { handover } = await ways();
  const asking = await handover.askOtherPhone();
  expect(asking.words).toHaveLength(6);
  expect(await handover.takeFromOtherPhone(asking)).toBe(false);
  await from.start();
  const there = (await ways()).handover;
  const asks = await there.whoAsks();
  expect(asks?.words).toEqual(asking.words);
  await there.giveToPhone(asks?.publicKey ?? '');
  expect(await there.whoAsks()).toBeNull();
  globalThis.indexedDB = profile.idb;
  expect(await handover.takeFromOtherPhone(asking)).toBe(true);
  return shows(phone);
}

const TABLE = [
  { words: false, passkey: false, other: false },
  { words: false, passkey: false, other: true },
  { words: true, passkey: false, other: false },
  { words: true, passkey: false, other: true },
  { words: true, passkey: true, other: false },
  { words: true, passkey: true, other: true },
];

for (const left of TABLE) {
  const name = Object.entries(left)
    .filter(([, there]) => there)
    .map(([each]) => each);
  test(`with the first phone lost and ${name.join(', ') || 'nothing'} left`, async () => {
    const first = await firstPhone(left);
    const { profile, phone } = await newPhone();
    const { passkey, handover } = await ways();
    const back: Record<string, boolean> = {
      words: await phone.recovery.recover(WORDS),
      passkey: await passkey.enterByPasskey().catch(() => false),
    };
    expect(back).toEqual({ words: left.words, passkey: left.passkey });
    if (left.other) return expect(await handedOver(first)).toEqual([tank(7).answers]);
    globalThis.indexedDB = profile.idb;
    const said = left.words ? phoneWords.keyMade : phoneWords.keyNone;
    if (left.words) {
      expect(said).toContain('open your journal on another phone');
      expect(await shows(phone)).toEqual([tank(7).answers]);
    } else {
      expect(said).toContain('losing this phone loses your own journal');
      expect(await handover.whoAsks()).toBeNull();
      expect(await phone.engine.flush()).toEqual({ state: 'locked' });
      expect(await phone.account.replaceIdentity()).toBe('ready');
      expect(await shows(phone)).toEqual([]);
    }
  });
}

test('a key handed over opens the journal on the new phone, once', async () => {
  expect(await handedOver(await firstPhone({}))).toEqual([tank(7).answers]);
  expect(server.handover).toBeNull();
});

test('a key swapped on the way shows other words, and what is given to it the new phone cannot take', async () => {
  const first = await firstPhone({});
  const { profile } = await newPhone();
  const { handover } = await ways();
  const asking = await handover.askOtherPhone();
  const { newIdentity } = await import('../../src/seal/age');
  const swapped = (await newIdentity()).publicKey;
  server.handover = { public_key: swapped, body: null };
  await first.start();
  const there = await ways();
  const asks = await there.handover.whoAsks();
  expect(asks?.words).not.toEqual(asking.words);
  await there.handover.giveToPhone(swapped);
  globalThis.indexedDB = profile.idb;
  await expect(handover.takeFromOtherPhone(asking)).rejects.toThrow('not_found');
});

test('nothing a passkey tells in secret is ever sent', async () => {
  await firstPhone({ words: true, passkey: true });
  const sent = server.seen
    .filter(({ path }) => path === '/api/wraps/passkey')
    .map(({ body }) => JSON.parse(body ?? ''));
  expect(sent.map((body) => Object.keys(body))).toEqual([['body', 'credential_id']]);
  for (const { body } of server.seen) expect(body ?? '').not.toMatch(/"prf"|clientExtension|AGE-SECRET-KEY/);
});

test('a passkey that tells its secret only when asked again works too', async () => {
  authenticator.late = true;
  await firstPhone({ words: true, passkey: true });
  await newPhone();
  expect(await (await ways()).passkey.enterByPasskey()).toBe(true);
});

test('a device that cannot seal with a passkey, or a closed question, leaves everything as it was', async () => {
  await firstPhone({ words: true });
  const { passkey } = await ways();
  authenticator.prf = false;
  await expect(passkey.keepPasskey()).rejects.toMatchObject({ why: 'unsupported' });
  authenticator.prf = true;
  authenticator.refuses = true;
  await expect(passkey.keepPasskey()).rejects.toMatchObject({ why: 'refused' });
  expect([...server.wraps.keys()]).toEqual(['recovery']);
});

test('a passkey is never the only way back', async () => {
  await signedIn(new Profile());
  await expect((await ways()).passkey.keepPasskey()).rejects.toThrow('words_first');
});

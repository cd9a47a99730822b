import { beforeEach, expect, test } from 'vitest';
import { Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

let server: Server;

beforeEach(() => {
  server = new Server();
});

async function atTwoBrowsers(second: Profile, words: string[]) {
  const first = await new Profile().signIn(server.me);
  await first.recovery.keepRecovery(words);
  await first.checkins.keepCheckin(tank(7));
  await first.engine.flush();
  const phone = await second.start();
  await phone.shell.keepMe(server.me);
  return phone;
}

const WORDS = 'legal winner thank year wave sausage worth useful legal winner thank yellow'.split(' ');

test('a second browser is locked until the words open it, and then shows the same journal', async () => {
  const phone = await atTwoBrowsers(new Profile(), WORDS);
  expect(await phone.account.settleIdentity(server.me)).toBe('locked');
  expect(await phone.engine.flush()).toEqual({ state: 'locked' });
  expect(await phone.recovery.recover(WORDS)).toBe(true);
  expect(await phone.account.settleIdentity(server.me)).toBe('ready');
  await phone.engine.flush();
  await phone.view.refresh();
  expect(phone.view.entries.value.map((e) => [e.protocol, e.answers])).toEqual([['P10', { a: 7, b: [0] }]]);
});

test('other words open nothing', async () => {
  const phone = await atTwoBrowsers(new Profile(), WORDS);
  const others = 'letter advice cage absurd amount doctor acoustic avoid letter advice cage above'.split(' ');
  expect(await phone.recovery.recover(others)).toBe(false);
  expect(await phone.identity.identity()).toBeNull();
});

test('a key made anew replaces the old one by compare and set, and what it cannot open is counted', async () => {
  const phone = await atTwoBrowsers(new Profile(), WORDS);
  expect(await phone.account.replaceIdentity()).toBe('ready');
  await phone.engine.flush();
  await phone.view.refresh();
  expect(phone.view.entries.value).toEqual([]);
  expect(phone.view.unopened.value).toBe(1);
});

test('two browsers that sign in at the same moment end with one key on the account', async () => {
  const first = await new Profile().start();
  await first.shell.keepMe(server.me);
  const asSeen = structuredClone(server.me);
  expect(await first.account.settleIdentity(asSeen)).toBe('ready');
  const second = await new Profile().start();
  await second.shell.keepMe(server.me);
  expect(await second.account.settleIdentity(asSeen)).toBe('locked');
});

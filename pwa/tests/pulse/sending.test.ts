import { beforeEach, expect, test } from 'vitest';
import { Issuer, makeKey } from '../doubles/issuer';
import { type Phone, Profile, tank } from '../doubles/phone';
import { problem, Server } from '../doubles/server';

const key = await makeKey();
let server: Server;
let issuer: Issuer;
let phone: Phone;

beforeEach(async () => {
  server = new Server();
  issuer = new Issuer(server, key);
  phone = await new Profile().signIn(server.me);
  Object.assign(phone.sending.pace, { min: 0, max: 0 });
  await phone.engine.flush();
  while (await phone.pulse.tend()) await phone.engine.flush();
  await phone.sending.sendSheets('box-1');
});

const send = () => phone.sending.sendSheets(server.box.epoch);
const sheets = () => [...issuer.sheets.values()];

test('a phone that never answered sends no sheet', () => {
  expect(issuer.bodies).toEqual([]);
});

test('an answer is sent once, without a cookie, in 4096 bytes', async () => {
  await phone.checkins.keepCheckin(tank(4));
  await send();
  await send();
  expect(sheets().map((sheet) => sheet.a)).toEqual([{ P10: [4] }]);
  const puts = server.seen.filter((seen) => seen.path === '/box/sheets');
  expect(puts).toHaveLength(1);
  expect(puts[0]?.init).toMatchObject({
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
    redirect: 'error',
  });
  expect(new TextEncoder().encode(issuer.bodies[0] ?? '')).toHaveLength(4096);
});

test('the list of keys is read without a cookie', () => {
  const seen = server.seen.find((one) => one.path === '/box/keys');
  expect(seen?.init.credentials).toBe('omit');
});

test('after no answer the same bytes go again', async () => {
  await phone.checkins.keepCheckin(tank(4));
  server.fault = (seen) => (seen.path === '/box/sheets' ? new TypeError('reset') : null);
  await send();
  server.fault = null;
  await send();
  const bodies = server.seen.filter((seen) => seen.path === '/box/sheets').map((seen) => seen.body);
  expect(bodies).toHaveLength(2);
  expect(bodies[0]).toBe(bodies[1]);
});

test('a later answer replaces the sheet under a larger counter', async () => {
  await phone.checkins.keepCheckin(tank(4));
  await send();
  const first = sheets()[0]?.c ?? 0;
  await phone.checkins.keepCheckin(tank(9));
  await send();
  expect(sheets()).toHaveLength(1);
  expect(sheets()[0]).toMatchObject({ a: { P10: [9] } });
  expect(sheets()[0]?.c).toBeGreaterThan(first);
});

test('a stale counter is overtaken', async () => {
  await phone.checkins.keepCheckin(tank(4));
  await send();
  const [nonce] = [...issuer.sheets.keys()];
  issuer.sheets.set(nonce ?? '', { v: 1, c: 2 ** 30, w: false, a: {}, s: [] });
  await phone.checkins.keepCheckin(tank(6));
  await send();
  expect(sheets()[0]).toMatchObject({ a: { P10: [6] } });
  expect(sheets()[0]?.c).toBeGreaterThan(2 ** 30);
});

test('a box made anew gets the sheet again', async () => {
  await phone.checkins.keepCheckin(tank(4));
  await send();
  issuer.sheets.clear();
  server.box.epoch = 'box-2';
  await send();
  expect(sheets()).toHaveLength(1);
});

test('a closed block is left alone from then on', async () => {
  await phone.checkins.keepCheckin(tank(4));
  server.sheet = () => problem(410, 'block_closed');
  await send();
  await send();
  expect(server.seen.filter((seen) => seen.path === '/box/sheets')).toHaveLength(1);
});

test('answers taken back are withdrawn at the box, and so is the sheet of the only entry', async () => {
  const kept = await phone.checkins.keepCheckin(tank(4));
  await send();
  await phone.checkins.withdrawEntry(kept.id);
  await send();
  expect(sheets()[0]).toMatchObject({ w: true, a: {} });
});

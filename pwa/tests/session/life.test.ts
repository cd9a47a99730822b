// @vitest-environment happy-dom

import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tank } from '../doubles/phone';
import { problem, RITA, Server } from '../doubles/server';

let server: Server;
let app: typeof import('../../src/session');
let store: typeof import('../../src/store');

/** Starts the app anew over the databases there are. */
async function start(): Promise<void> {
  vi.resetModules();
  app = await import('../../src/session');
  store = await import('../../src/store');
  await app.start();
}

const signIn = async () => {
  await app.signIn(RITA.email, '123456');
  await app.syncNow();
};

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'], shouldAdvanceTime: true });
  globalThis.indexedDB = new IDBFactory();
  server = new Server();
  await start();
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

test('a phone nobody signed in on says so without asking the server', () => {
  expect(app.session.value).toBe('signed-out');
  expect(server.seen).toEqual([]);
});

test('signing in makes a key and brings the phone up to date', async () => {
  await signIn();
  expect(app.session.value).toBe('signed-in');
  expect(app.keys.value).toBe('ready');
  expect(server.me.identity?.public_key).toMatch(/^age1/);
  expect(store.library.value).not.toBeNull();
});

test('a save is delivered by itself, a moment after it was painted', async () => {
  await signIn();
  await store.keepCheckin(tank(7));
  expect(server.log.ops).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(300);
  await vi.waitFor(() => expect(store.entries.value[0]?.delivery).toBe('delivered'), 5_000);
});

test('without a network the app starts with everything it knows', async () => {
  await signIn();
  await store.keepCheckin(tank(7));
  await app.syncNow();
  server.fault = () => new TypeError('no network');
  await start();
  expect(app.session.value).toBe('signed-in');
  expect(store.me.value?.name).toBe('Rita');
  expect(store.entries.value).toHaveLength(1);
  await vi.waitFor(() => expect(store.online.value).toBe(false), 5_000);
});

test('an ended session keeps what waits and asks to sign in', async () => {
  await signIn();
  server.fault = () => problem(401, 'signed_out');
  await store.keepCheckin(tank(7));
  await app.syncNow();
  expect(app.session.value).toBe('needs-sign-in');
  expect(store.waiting.value).toBe(1);
  server.fault = null;
  await signIn();
  expect(store.waiting.value).toBe(0);
  expect(server.log.ops).toHaveLength(1);
});

test('another person’s session never delivers this person’s check-ins', async () => {
  await signIn();
  server.me = { ...RITA, id: '33333333-3333-4333-8333-333333333333', name: 'Ravi', demo: { offset_s: 0 } };
  await start();
  await store.keepCheckin(tank(7));
  await app.syncNow();
  expect(app.session.value).toBe('needs-sign-in');
  expect(server.log.ops).toHaveLength(0);
});

test('signing out hides the journal and signing in again shows it', async () => {
  await signIn();
  await store.keepCheckin(tank(7));
  await app.signOut();
  expect(app.session.value).toBe('signed-out');
  expect(store.entries.value).toEqual([]);
  await signIn();
  expect(store.entries.value).toHaveLength(1);
});

test('a demo’s clock moves the app’s', async () => {
  server.me.demo = { offset_s: 7 * 86_400 };
  await signIn();
  const { now } = await import('../../src/clock');
  expect(Math.round((now() - Date.now()) / 86_400_000)).toBe(7);
});

test('a phone removed from the account says so, keeps what waits, and enrols nothing by itself', async () => {
  await signIn();
  const [device] = [...server.log.devices.keys()];
  if (!device) throw new Error('nothing enrolled');
  server.log.devices.set(device, true);
  await store.keepCheckin(tank(7));
  await app.syncNow();
  expect(app.session.value).toBe('removed');
  expect(store.waiting.value).toBe(1);
  server.seen = [];
  await start();
  await app.syncNow();
  expect(app.session.value).toBe('removed');
  expect(store.waiting.value).toBe(1);
  expect(server.seen).toEqual([]);
  expect([...server.log.devices.keys()]).toEqual([device]);
});

test('signing in on a removed phone adds it anew, and what waited goes out', async () => {
  await signIn();
  const [device] = [...server.log.devices.keys()];
  if (!device) throw new Error('nothing enrolled');
  await store.keepCheckin(tank(7));
  server.log.devices.set(device, true);
  await app.syncNow();
  expect(server.log.ops).toHaveLength(0);
  await signIn();
  expect(app.session.value).toBe('signed-in');
  expect(store.waiting.value).toBe(0);
  expect(server.log.ops.map((row) => row.op.device_id)).not.toContain(device);
  expect(server.log.ops).toHaveLength(1);
});

test('an exchange that was already under way does not take away the prompt just asked for', async () => {
  await signIn();
  const before: Promise<Response>[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const direct = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const answer = direct(input, init);
    if (String(input) !== '/api/sync') return answer;
    before.push(answer);
    await Promise.all([answer, held]);
    return answer;
  };
  const exchange = app.syncNow();
  await vi.waitFor(() => expect(before).toHaveLength(1));
  globalThis.fetch = direct;
  const asked = await app.askNow();
  release();
  await exchange;
  expect(store.prompts.value.map((prompt) => prompt.id)).toEqual([asked.id]);
  server.prompts = [];
  await app.syncNow();
  expect(store.prompts.value).toEqual([]);
});

test('a key made anew has no words yet', async () => {
  await signIn();
  await app.keepWords('legal winner thank year wave sausage worth useful legal winner thank yellow'.split(' '));
  expect(app.recoveryMade.value).toBe(true);
  await app.startAnew();
  expect(app.recoveryMade.value).toBe(false);
  expect(server.wraps.size).toBe(0);
  await start();
  await app.syncNow();
  expect(app.recoveryMade.value).toBe(false);
});

// @vitest-environment happy-dom

import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
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
  // The apps of earlier tests are still in memory, and must not hear of this one's saves as other windows would.
  vi.stubGlobal('BroadcastChannel', undefined);
  globalThis.indexedDB = new IDBFactory();
  server = new Server();
  await start();
});

afterEach(async () => {
  // An exchange still under way would go on against the next test's server, as a phone nobody there knows.
  server.fault = () => new TypeError('no network');
  await app.syncNow();
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
  server.seen = [];
  await start();
  await store.keepCheckin(tank(7));
  await app.syncNow();
  expect(app.session.value).toBe('needs-sign-in');
  // It goes to its own person, under the phone's own secret, and not by the other's session.
  expect(server.paths()).not.toContain('POST /api/sync');
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

/** Everything that is kept anywhere on the phone, as one text. */
async function allKept(): Promise<string> {
  const found: unknown[] = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await openDB(name ?? '');
    for (const store of db.objectStoreNames) found.push(name, await db.getAll(store), await db.getAllKeys(store));
    db.close();
  }
  return JSON.stringify(found);
}

const onlyDevice = (): string => {
  const [device] = [...server.log.devices.keys()];
  if (!device) throw new Error('nothing enrolled');
  return device;
};

test('a phone removed from the account erases what it kept, says so, and enrols nothing by itself', async () => {
  await signIn();
  const device = onlyDevice();
  await store.keepCheckin(tank(7));
  await store.keepDraft('P10', { protocol: 'P10', version: 1, prompt_id: null, answers: {}, skipped: [], at: null });
  server.log.devices.set(device, true);
  await app.syncNow();
  expect([app.session.value, app.wipedWhy.value]).toEqual(['wiped', 'removed']);
  expect([store.entries.value, store.me.value]).toEqual([[], null]);
  const kept = await allKept();
  expect(kept).not.toContain('"journal"');
  for (const word of ['Rita', 'rita@', 'P10', device, 'age1']) expect(kept).not.toContain(word);
  server.seen = [];
  await start();
  await app.syncNow();
  expect([app.session.value, app.wipedWhy.value]).toEqual(['wiped', 'removed']);
  expect(server.seen).toEqual([]);
});

test('a removed phone is told at its next contact, although its session ended with it', async () => {
  await signIn();
  server.log.devices.set(onlyDevice(), true);
  server.fault = ({ path }) => (path.endsWith('/deliver') ? null : problem(401, 'signed_out'));
  await start();
  await vi.waitFor(() => expect(app.session.value).toBe('wiped'), 5_000);
});

test('a wipe that was cut off goes on at the next start', async () => {
  await signIn();
  await store.keepCheckin(tank(7));
  const { keepShell } = await import('../../src/store/shell');
  await keepShell('wiping', { person: RITA.id, why: 'removed' });
  server.fault = () => new TypeError('no network');
  await start();
  expect(app.session.value).toBe('wiped');
  expect(await allKept()).not.toContain('Rita');
});

test('signing in on a removed phone makes it a new one, which keeps nothing of before', async () => {
  await signIn();
  const device = onlyDevice();
  await store.keepCheckin(tank(7));
  server.log.devices.set(device, true);
  await app.syncNow();
  server.me.identity = null;
  await signIn();
  expect(app.session.value).toBe('signed-in');
  expect(store.entries.value).toEqual([]);
  expect([...server.log.devices.keys()]).toHaveLength(2);
  await start();
  expect(app.session.value).toBe('signed-in');
});

test('when the session is over, what is saved still goes out under the phone’s own secret', async () => {
  await signIn();
  const ended = ({ path }: { path: string }) => (path.endsWith('/deliver') ? null : problem(401, 'signed_out'));
  server.fault = ended;
  const saved = await store.keepCheckin(tank(7));
  await app.syncNow();
  expect(app.session.value).toBe('needs-sign-in');
  expect(store.waiting.value).toBe(0);
  expect(server.log.ops.map((row) => row.op.op_id)).toEqual([saved.opId]);
  server.fault = null;
  await signIn();
  expect(store.entries.value.map((entry) => entry.delivery)).toEqual(['delivered']);
  expect(server.log.ops).toHaveLength(1);
});

test('an edit delivered without a session and one from another phone meet in the order of the server', async () => {
  await signIn();
  const first = await store.keepCheckin(tank(1));
  await app.syncNow();
  server.fault = ({ path }) => (path.endsWith('/deliver') ? null : problem(401, 'signed_out'));
  const theirs = server.log.ops[0];
  if (!theirs) throw new Error('nothing arrived');
  // Another phone's edit arrives first: its body is the first one's, which opens the same way.
  server.log.ops.push({ server_seq: 2, op: { ...theirs.op, op_id: '0190a000-0000-7000-8000-000000000001', seq: 90 } });
  await store.keepCheckin({ ...tank(9), revises: { entity: first.id, op: first.opId } });
  await app.syncNow();
  server.fault = null;
  await signIn();
  expect(store.entries.value.map((entry) => entry.answers)).toEqual([tank(9).answers]);
});

test('erasing the account erases the phone, and a wrong code erases nothing', async () => {
  await signIn();
  await store.keepCheckin(tank(7));
  await app.syncNow();
  await expect(app.eraseAccount('999999')).rejects.toThrow('code_wrong');
  expect(store.entries.value).toHaveLength(1);
  await app.eraseAccount('123456');
  expect([app.session.value, app.wipedWhy.value]).toEqual(['wiped', 'erased']);
  expect(await allKept()).not.toContain('Rita');
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

// @vitest-environment happy-dom

import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RITA, Server } from '../doubles/server';

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

const away = () => {
  server.fault = () => new TypeError('no network');
};
const back = () => {
  server.fault = null;
  server.seen = [];
};

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'], shouldAdvanceTime: true });
  globalThis.indexedDB = new IDBFactory();
  server = new Server();
  await start();
  await app.signIn(RITA.email, '123456');
  await app.syncNow();
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

test('signing out ends the session on the server', async () => {
  await app.signOut();
  expect(server.session).toBe(false);
  back();
  await app.syncNow();
  expect(server.seen).toEqual([]);
});

test('signing out with no network is made good when it is back, with nothing sent before it', async () => {
  away();
  await app.signOut();
  expect(app.session.value).toBe('signed-out');
  expect(server.session).toBe(true);
  back();
  dispatchEvent(new Event('online'));
  await vi.waitFor(() => expect(server.session).toBe(false));
  await app.syncNow();
  expect(server.paths()).toEqual(['POST /api/sign-out']);
});

test('signing out with no network is made good at the next start', async () => {
  away();
  await app.signOut();
  await start();
  expect(app.session.value).toBe('signed-out');
  back();
  await start();
  expect(app.session.value).toBe('signed-out');
  await vi.waitFor(() => expect(server.session).toBe(false));
  expect(server.paths()).toEqual(['POST /api/sign-out']);
});

test('a signing out that was cut off by the page’s end still counts at the next start', async () => {
  const { oweSignOut } = await import('../../src/session/leaving');
  away();
  await oweSignOut();
  await start();
  expect(app.session.value).toBe('signed-out');
  expect(store.me.value).toBeNull();
});

test('the old session is ended before anybody signs in', async () => {
  away();
  await app.signOut();
  await app.syncNow();
  back();
  await app.signIn(RITA.email, '123456');
  expect(server.paths().slice(0, 2)).toEqual(['POST /api/sign-out', 'POST /api/sign-in']);
  expect(server.session).toBe(true);
  server.seen = [];
  await app.syncNow();
  expect(server.paths()).not.toContain('POST /api/sign-out');
});

test('nobody signs in while the old session cannot be ended', async () => {
  away();
  await app.signOut();
  server.fault = ({ path }) => (path === '/api/sign-out' ? new TypeError('no network') : null);
  await expect(app.signIn(RITA.email, '123456')).rejects.toMatchObject({ message: '/api/sign-out' });
  expect(app.session.value).toBe('signed-out');
});

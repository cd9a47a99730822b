// @vitest-environment happy-dom

import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tank } from '../doubles/phone';
import { RITA, Server } from '../doubles/server';

let server: Server;
let app: typeof import('../../src/session');
let store: typeof import('../../src/store');

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

/** One delivered, two that only this phone has. */
async function use(): Promise<void> {
  await store.keepCheckin(tank(1));
  await app.syncNow();
  server.fault = () => new TypeError('no network');
  await store.keepCheckin(tank(2));
  await store.keepCheckin(tank(3));
  await app.syncNow();
  server.fault = null;
}

const deleted = (name: string) =>
  new Promise((done) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = done;
    asked.onblocked = done;
  });

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'], shouldAdvanceTime: true });
  globalThis.indexedDB = new IDBFactory();
  localStorage.clear();
  server = new Server();
  await start();
  await signIn();
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

test('a phone that lost nothing says nothing', async () => {
  await use();
  await start();
  expect(store.lost.value).toBeNull();
  await app.syncNow();
  await app.signOut();
  expect(store.lost.value).toBeNull();
  await signIn();
  expect(store.lost.value).toBeNull();
});

test('a browser that cleared everything says at the door how much is gone, and again after signing in, once', async () => {
  await use();
  globalThis.indexedDB = new IDBFactory();
  await start();
  expect(app.session.value).toBe('signed-out');
  expect(store.lost.value).toEqual({ why: 'cleared', waiting: 2 });
  await signIn();
  expect(store.lost.value).toEqual({ why: 'cleared', waiting: 2 });
  await app.lossRead();
  expect(store.lost.value).toBeNull();
  await start();
  await app.syncNow();
  expect(store.lost.value).toBeNull();
});

test('a journal that vanished under a person who is signed in is noticed at the start', async () => {
  await use();
  await deleted(`handrail/${RITA.id}`);
  await start();
  expect(app.session.value).toBe('signed-in');
  expect(store.lost.value).toEqual({ why: 'cleared', waiting: 2 });
  await start();
  expect(store.lost.value).toEqual({ why: 'cleared', waiting: 2 });
});

test('somebody else who signs in here is told of nothing of theirs', async () => {
  await use();
  await app.signOut();
  server.me = { ...RITA, id: '33333333-3333-4333-8333-333333333333', name: 'Ravi', identity: null };
  await signIn();
  expect(store.lost.value).toBeNull();
});

test('the mark holds a device and a number, and nothing anybody said', async () => {
  await use();
  const held = localStorage.getItem(`handrail/${RITA.id}`);
  expect(Object.keys(JSON.parse(held ?? '{}')).sort()).toEqual(['device_id', 'waiting']);
});

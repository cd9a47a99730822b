// @vitest-environment happy-dom

import { IDBFactory } from 'fake-indexeddb';
import { afterEach, expect, test, vi } from 'vitest';
import * as app from '../../src/session';
import * as store from '../../src/store';
import { tank } from '../doubles/phone';
import { problem, RITA, Server } from '../doubles/server';

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

test('a server that asked for time is left alone by every trigger but the person’s own', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'], shouldAdvanceTime: true });
  globalThis.indexedDB = new IDBFactory();
  const server = new Server();
  await app.start();
  await app.signIn(RITA.email, '123456');
  await app.syncNow();
  server.fault = (seen) => (seen.path === '/api/sync' ? problem(503, 'busy', {}, { 'retry-after': '120' }) : null);
  await store.keepCheckin(tank(7));
  await app.syncNow();
  server.fault = null;
  server.seen = [];
  dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  await store.keepCheckin(tank(8));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(server.paths()).toEqual([]);
  await app.syncNow();
  expect(server.log.ops).toHaveLength(2);
});

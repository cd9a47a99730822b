import { beforeEach, expect, test, vi } from 'vitest';
import { type Phone, Profile } from '../doubles/phone';
import { Server } from '../doubles/server';

type Push = typeof import('../../src/push/subscription');

const KEY = 'BAbc';
let server: Server;
let phone: Phone;
let push: Push;
let subscribe: () => Promise<PushSubscription>;
let asked: number;
let current: PushSubscription | null;
let unsubscribed: number;

const subscription = (endpoint = 'https://push.example/1', key: ArrayBuffer | null = null): PushSubscription =>
  ({
    toJSON: () => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } }),
    options: { applicationServerKey: key },
    unsubscribe: async () => {
      unsubscribed += 1;
      current = null;
      return true;
    },
  }) as unknown as PushSubscription;

/** A browser with push, as far as the module asks for it. */
function browser(permission: NotificationPermission, agent = 'Chrome'): void {
  const reg = {
    pushManager: {
      subscribe: async () => {
        asked += 1;
        current = await subscribe();
        return current;
      },
      getSubscription: async () => current,
    },
  };
  const serviceWorker = { register: async () => reg, ready: Promise.resolve(reg) };
  vi.stubGlobal('navigator', { userAgent: agent, maxTouchPoints: 0, serviceWorker });
  vi.stubGlobal('Notification', { permission });
  vi.stubGlobal('window', { PushManager: {}, Notification: {} });
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
}

beforeEach(async () => {
  vi.unstubAllGlobals();
  server = new Server();
  server.me.push_key = KEY;
  phone = await new Profile().signIn(server.me);
  phone.view.me.value = server.me;
  push = await import('../../src/push/subscription');
  [asked, unsubscribed, current] = [0, 0, null];
  subscribe = async () => subscription();
  server.fault = (seen) =>
    seen.path.startsWith('/api/push') ? Response.json({ confirmed_at: '2026-11-19T12:00:00Z', endpoint: null }) : null;
  browser('granted');
});

test('the browser is asked within the tap itself', async () => {
  await push.look();
  const answer = push.enable();
  expect(asked).toBe(1);
  expect(await answer).toBe('on');
  expect(server.paths()).toContain('PUT /api/push/subscription');
  expect(push.confirmedAt.value).toBe('2026-11-19T12:00:00Z');
});

test.each<[NotificationPermission, string, string]>([
  ['denied', 'NotAllowedError', 'blocked'],
  ['default', 'NotAllowedError', 'ignored'],
  ['granted', 'AbortError', 'unreachable'],
])('with permission %s a %s is told as %s', async (permission, name, state) => {
  await push.look();
  browser(permission);
  subscribe = () => Promise.reject(new DOMException('', name));
  expect(await push.enable()).toBe(state);
});

test('a browser that never answers is given up after twenty seconds', async () => {
  await push.look();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  subscribe = () => new Promise(() => {});
  const answer = push.enable();
  vi.advanceTimersByTime(20_000);
  vi.useRealTimers();
  expect(await answer).toBe('unreachable');
});

test('an iPhone is told to install first', async () => {
  browser('default', 'Mozilla/5.0 (iPhone)');
  await push.look();
  expect(push.pushState.value).toBe('install-first');
});

test('a browser without push is told so', async () => {
  browser('default');
  vi.stubGlobal('window', {});
  await push.look();
  expect(push.pushState.value).toBe('unsupported');
});

test('a subscription the browser lost is made again, when it was wanted', async () => {
  await push.look();
  await push.enable();
  current = null;
  await push.mend();
  expect(asked).toBe(2);
});

test('a subscription under an older key is replaced', async () => {
  await push.look();
  await push.enable();
  current = subscription('https://push.example/1', new Uint8Array([9, 9, 9]).buffer);
  await push.mend();
  expect([unsubscribed, asked]).toEqual([1, 2]);
});

test('nothing is mended for a resident who did not want it', async () => {
  await push.look();
  await push.mend();
  expect(asked).toBe(0);
});

test('off is off on the phone even when the server cannot be told', async () => {
  await push.look();
  await push.enable();
  server.fault = () => new TypeError('no network');
  await push.disable();
  expect(push.pushState.value).toBe('off');
  expect(unsubscribed).toBe(1);
});

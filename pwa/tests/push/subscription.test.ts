import { beforeEach, expect, test, vi } from 'vitest';
import { fromB64u } from '../../src/store/bytes';
import { type Phone, Profile } from '../doubles/phone';
import { Server } from '../doubles/server';

type Push = typeof import('../../src/push/subscription');

const KEY = 'BAbc';
const bytes = (key: string) => fromB64u(key).buffer;
let server: Server;
let phone: Phone;
let push: Push;
let subscribe: () => Promise<PushSubscription>;
let asked: number;
let current: PushSubscription | null;
let unsubscribed: number;
/** What the server remembers of this phone, and the key it wants. */
let known: { endpoint: string | null; push_key: string };

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
  known = { endpoint: null, push_key: KEY };
  server.fault = (seen) => {
    if (!seen.path.startsWith('/api/push')) return null;
    if (seen.method === 'PUT') known.endpoint = JSON.parse(seen.body ?? '').endpoint;
    return Response.json({ confirmed_at: '2026-11-19T12:00:00Z', ...known });
  };
  browser('granted');
});

const puts = () => server.paths().filter((path) => path === 'PUT /api/push/subscription').length;
const refusal = (code: string, errors = {}) =>
  Response.json({ code, errors }, { status: 422, headers: { 'content-type': 'application/problem+json' } });

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

test('a key the server changed a moment ago is taken over with its answer', async () => {
  await push.look();
  subscribe = async () => subscription(`https://push.example/${asked}`, bytes(asked === 1 ? KEY : 'BDef'));
  known.push_key = 'BDef';
  expect(await push.enable()).toBe('on');
  expect([unsubscribed, asked, puts()]).toEqual([1, 2, 2]);
});

test('an address the server has dropped is not offered to it again', async () => {
  await push.look();
  await push.enable();
  known.endpoint = null;
  subscribe = async () => subscription('https://push.example/2');
  await push.mend();
  expect([unsubscribed, asked, known.endpoint]).toEqual([1, 2, 'https://push.example/2']);
  await push.mend();
  expect([unsubscribed, asked]).toEqual([1, 2]);
});

test('an address that belongs to another account gives way to a fresh one', async () => {
  await push.look();
  const answer = server.fault;
  server.fault = (seen) =>
    seen.method === 'PUT' && seen.body?.includes('/1') ? refusal('endpoint_taken') : (answer?.(seen) ?? null);
  subscribe = async () => subscription(`https://push.example/${asked}`, bytes(KEY));
  expect(await push.enable()).toBe('on');
  expect([unsubscribed, asked, known.endpoint]).toEqual([1, 2, 'https://push.example/2']);
});

test('a push service nobody knows is no way for prompts', async () => {
  await push.look();
  server.fault = (seen) => (seen.method === 'PUT' ? refusal('bad_subscription', { endpoint: ['no'] }) : null);
  expect(await push.enable()).toBe('unsupported');
  expect(unsubscribed).toBe(1);
});

test('a server that is away is told later, without another question', async () => {
  await push.look();
  const answer = server.fault;
  server.fault = () => new TypeError('no network');
  expect(await push.enable()).toBe('on');
  expect(push.confirmedAt.value).toBeNull();
  server.fault = answer;
  await push.mend();
  expect([asked, push.confirmedAt.value]).toEqual([1, '2026-11-19T12:00:00Z']);
});

test('a subscription of another time that stands in the way is cleared away', async () => {
  await push.look();
  current = subscription('https://push.example/0', bytes('BDef'));
  subscribe = () =>
    unsubscribed === 0
      ? Promise.reject(new DOMException('', 'InvalidStateError'))
      : Promise.resolve(subscription('https://push.example/1', bytes(KEY)));
  expect(await push.enable()).toBe('on');
  expect(unsubscribed).toBe(1);
});

test('a yes after twenty seconds of reading is a yes', async () => {
  await push.look();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let allow: (held: PushSubscription) => void = () => {};
  subscribe = () =>
    new Promise((resolve) => {
      allow = resolve;
    });
  const answer = push.enable();
  vi.advanceTimersByTime(20_000);
  vi.useRealTimers();
  expect(await answer).toBe('unreachable');
  allow(subscription());
  await vi.waitFor(() => expect(push.pushState.value).toBe('on'));
  await vi.waitFor(() => expect(puts()).toBe(1));
});

test('a tap before the worker is in charge is told so, and the next one works', async () => {
  expect(await push.enable()).toBe('not-ready');
  await vi.waitFor(() => expect(push.pushState.value).toBe('off'));
  expect(await push.enable()).toBe('on');
});

test('a resident who says no in the browser’s settings is told so when they come back', async () => {
  await push.look();
  await push.enable();
  browser('denied');
  await push.mend();
  expect(push.pushState.value).toBe('blocked');
  browser('granted');
  await push.mend();
  expect(push.pushState.value).toBe('on');
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

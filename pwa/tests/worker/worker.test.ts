import { beforeEach, expect, test, vi } from 'vitest';
import { RITA, Server } from '../doubles/server';
import { Scope } from './scope';

const PROMPT = '22222222-2222-4222-8222-222222222222';
const SHELL: [string, string][] = [
  ['/', 'h1'],
  ['/assets/index-1.js', 'h2'],
];
const data = (text: string) => ({ data: { text: () => text } });
const prompt = JSON.stringify({
  web_push: 8030,
  notification: { title: 'A short check-in is ready', navigate: `/c/${PROMPT}`, tag: 'topic' },
});

let scope: Scope;
let server: Server;

beforeEach(async () => {
  scope = new Scope();
  server = new Server();
  await scope.start(SHELL);
});

test.each<[string, object]>([
  ['a prompt', data(prompt)],
  ['an empty push', { data: null }],
  ['bad JSON', data('{')],
  [
    'a payload that cannot be read',
    {
      data: {
        text: () => {
          throw new TypeError('gone');
        },
      },
    },
  ],
])('%s shows exactly one notification', async (_name, facts) => {
  await scope.deliver('push', facts);
  expect(scope.shown).toHaveLength(1);
});

test('a storage that is broken does not silence a push', async () => {
  globalThis.indexedDB = {
    open: () => {
      throw new DOMException('broken', 'UnknownError');
    },
  } as unknown as IDBFactory;
  await scope.deliver('push', data(prompt));
  expect(scope.shown).toHaveLength(1);
});

test('a storage that never answers does not silence a push, and does not swallow a tap', async () => {
  globalThis.indexedDB = { open: () => ({ addEventListener: () => {} }) } as unknown as IDBFactory;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const shown = scope.deliver('push', data(prompt));
  await vi.advanceTimersByTimeAsync(20_000);
  const opened = click();
  await vi.advanceTimersByTimeAsync(400);
  const waited = click('later');
  await vi.advanceTimersByTimeAsync(2400);
  await Promise.all([shown, opened, waited]);
  vi.useRealTimers();
  expect(scope.shown).toHaveLength(1);
  expect(scope.opened).toEqual([`/c/${PROMPT}`, `/c/${PROMPT}`]);
});

test('a browser that stumbles over an option shows the notification all the same, once', async () => {
  scope.refusesOptions = true;
  await scope.deliver('push', data(prompt));
  expect(scope.shown).toMatchObject([{ title: 'A short check-in is ready', tag: 'topic' }]);
});

test('the badge is set when nobody looks at the app, and only then', async () => {
  const page = { url: '/', messages: [], refusesFocus: false };
  scope.windows = [page];
  await scope.deliver('push', data(prompt));
  expect(scope.badges).toBe(0);
  scope.windows = [{ ...page, hidden: true }];
  await scope.deliver('push', data(prompt));
  expect(scope.badges).toBe(1);
});

const TEST = '33333333-3333-4333-8333-333333333333';
const testPush = JSON.stringify({
  web_push: 8030,
  notification: { title: 'Prompts reach this phone', navigate: `/prompts?test=${TEST}`, tag: 'test' },
});

test('a test is confirmed to the server and to every window, and leaves no badge', async () => {
  const { keepMe } = await import('../../src/store/shell');
  await keepMe(RITA);
  server.fault = (seen) => (seen.path.startsWith('/api/push/test') ? new Response(null, { status: 204 }) : null);
  scope.windows = [{ url: '/prompts', messages: [], refusesFocus: false, hidden: true }];
  await scope.deliver('push', data(testPush));
  expect(scope.windows[0]?.messages).toEqual([{ type: 'arrived', testId: TEST }]);
  const confirmed = server.seen.find((seen) => seen.path === '/api/push/test/confirm');
  expect(JSON.parse(confirmed?.body ?? '{}')).toMatchObject({ id: TEST });
  expect(scope.badges).toBe(0);
});

const changed = (endpoint: string) =>
  scope.deliver('pushsubscriptionchange', {
    newSubscription: {
      toJSON: () => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } }),
      options: { applicationServerKey: null },
    },
  });

test('an address the browser changed is told to the server, but not for a phone that wanted none', async () => {
  const { keepMe } = await import('../../src/store/shell');
  const { keepSetting, setting } = await import('../../src/store/values');
  await keepMe(RITA);
  server.fault = (seen) =>
    seen.path === '/api/push/subscription' ? Response.json({ confirmed_at: '2026-11-19T12:00:00Z' }) : null;
  await changed('https://push.example/2');
  expect(server.paths()).toEqual([]);
  await keepSetting('push', { wanted: true, endpoint: 'https://push.example/1', confirmed_at: null });
  await changed('https://push.example/2');
  expect(server.paths()).toEqual(['PUT /api/push/subscription']);
  expect((await setting('push'))?.endpoint).toBe('https://push.example/2');
});

test('a prompt has its topic as tag and the buttons to start or to wait', async () => {
  await scope.deliver('push', data(prompt));
  expect(scope.shown[0]).toMatchObject({ tag: 'topic', actions: ['start', 'later'] });
});

test('what a prompt asks is fetched while there is a network, for a tap where there is none', async () => {
  const { keepMe } = await import('../../src/store/shell');
  await keepMe(RITA);
  const planned = { id: PROMPT, protocol: 'P10', due_at: '2026-11-19T12:00:00Z', until: '2026-11-19T16:00:00Z' };
  server.fault = (seen) =>
    seen.path === '/api/prompts' ? Response.json({ prompts: [{ ...planned, state: 'open', why: '' }] }) : null;
  await scope.deliver('push', data(prompt));
  const { cached } = await import('../../src/store/values');
  expect((await cached('prompts'))?.map((p) => [p.id, p.protocol])).toEqual([[PROMPT, 'P10']]);
});

const click = (action = '') =>
  scope.deliver('notificationclick', {
    action,
    notification: { data: { path: `/c/${PROMPT}`, promptId: PROMPT }, close: () => {} },
  });

test('a tap opens the check-in when no window is open', async () => {
  await click();
  expect(scope.opened).toEqual([`/c/${PROMPT}`]);
});

test('a tap leads an open window there instead', async () => {
  scope.windows = [{ url: '/', messages: [], refusesFocus: false }];
  await click('start');
  expect(scope.opened).toEqual([]);
  expect(scope.windows[0]?.messages).toEqual([{ type: 'open', url: `/c/${PROMPT}` }]);
});

test('a picture of ours in a tab is no window to lead', async () => {
  scope.windows = [{ url: '/icons/icon-192.png', messages: [], refusesFocus: false }];
  await click();
  expect(scope.opened).toEqual([`/c/${PROMPT}`]);
});

test('a window that refuses the focus is not waited for', async () => {
  scope.windows = [{ url: '/', messages: [], refusesFocus: true }];
  await click();
  expect(scope.opened).toEqual([`/c/${PROMPT}`]);
});

test('the target is kept for a start that opens somewhere else', async () => {
  await click();
  const { takeTarget } = await import('../../src/store/shell');
  expect(await takeTarget()).toBe(`/c/${PROMPT}`);
  expect(await takeTarget()).toBeNull();
});

test.each([
  [undefined, '/'],
  [{}, '/'],
  [{ path: 'https://evil.example/' }, '/'],
  [{ path: { a: 1 } }, '/'],
])('a notification whose data is %j opens %s', async (kept, path) => {
  await scope.deliver('notificationclick', { action: '', notification: { data: kept, close: () => {} } });
  expect(scope.opened).toEqual([path]);
});

test('a target is forgotten when the app is opened much later', async () => {
  const { keepShell, takeTarget } = await import('../../src/store/shell');
  await keepShell('target', { path: '/journal', at: Date.now() - 120_000 });
  expect(await takeTarget()).toBeNull();
});

test('In an hour is on the disk before anything is sent, and opens nothing', async () => {
  const { keepMe } = await import('../../src/store/shell');
  await keepMe(RITA);
  await click('later');
  const { outboxRows } = await import('../../src/store/outbox');
  const [row] = await outboxRows();
  expect(JSON.parse(row?.body ?? '')).toMatchObject({ prompt_id: PROMPT, outcome: 'snoozed' });
  expect(scope.opened).toEqual([]);
});

test('In an hour opens the page when nobody is signed in on the phone', async () => {
  await click('later');
  expect(scope.opened).toEqual([`/c/${PROMPT}`]);
});

const get = (path: string, mode: RequestMode = 'navigate', method = 'GET') => {
  const request = new Request(`https://handrail.example${path}`, { method });
  Object.defineProperty(request, 'mode', { value: mode });
  return scope.deliver('fetch', { request });
};

async function install(): Promise<void> {
  globalThis.fetch = async (input) => new Response(`of ${new URL((input as Request).url).pathname}`);
  await scope.deliver('install');
  globalThis.fetch = () => Promise.reject(new TypeError('no network'));
}

/** A Request of Node wants an absolute address. */
const NodeRequest = globalThis.Request;
globalThis.Request = class extends NodeRequest {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === 'string' ? new URL(input, 'https://handrail.example') : input, init);
  }
} as typeof Request;

test.each(['/', '/journal', `/c/${PROMPT}`, '/check-in/P01'])('offline, %s answers with the app', async (path) => {
  await install();
  expect(await (await get(path))?.text()).toBe('of /');
});

test('offline, an asset of this version answers with itself', async () => {
  await install();
  expect(await (await get('/assets/index-1.js', 'no-cors'))?.text()).toBe('of /assets/index-1.js');
});

test.each([
  ['/api/me', 'navigate', 'GET'],
  ['/api/sync', 'same-origin', 'POST'],
  ['/box/keys', 'same-origin', 'GET'],
  ['/sw.js', 'navigate', 'GET'],
] as const)('the worker does not touch %s', async (path, mode, method) => {
  await install();
  expect(await get(path, mode, method)).toBeUndefined();
});

test('a file that does not come makes the installation fail', async () => {
  globalThis.fetch = async () => new Response('', { status: 503 });
  await expect(scope.deliver('install')).rejects.toThrow();
});

/** What the version before kept, and noted as its own when it took over. */
async function before(...names: string[]): Promise<void> {
  for (const name of names) scope.cache.kept.set(`https://handrail.example${name}`, new Response(`of ${name}`));
  scope.cache.kept.set('https://handrail.example/handrail-shell-list', Response.json(names));
}

test('a page of the version before still finds its parts, and of that version nothing else is kept', async () => {
  await before('/assets/old.js?v=h0', '/?v=h0');
  await install();
  await scope.deliver('activate');
  expect(await (await get('/assets/old.js', 'no-cors'))?.text()).toBe('of /assets/old.js?v=h0');
  expect(await (await get('/'))?.text()).toBe('of /');
  expect([...scope.cache.kept.keys()].some((url) => url.endsWith('/?v=h0'))).toBe(false);
});

test('two versions on, the parts of the first are gone', async () => {
  scope.cache.kept.set('https://handrail.example/assets/oldest.js?v=h', new Response('oldest'));
  await before('/assets/old.js?v=h0');
  await install();
  await scope.deliver('activate');
  expect([...scope.cache.kept.keys()].map((url) => new URL(url).pathname).sort()).toEqual([
    '/',
    '/assets/index-1.js',
    '/assets/old.js',
    '/handrail-shell-list',
  ]);
});

test('a list that cannot be read keeps the new version from nothing', async () => {
  await install();
  scope.cache.kept.set('https://handrail.example/handrail-shell-list', new Response('{'));
  await scope.deliver('activate');
  expect(await (await get('/'))?.text()).toBe('of /');
});

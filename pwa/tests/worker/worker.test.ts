import { beforeEach, expect, test } from 'vitest';
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
  ['/assets/other.js', 'no-cors', 'GET'],
] as const)('the worker does not touch %s', async (path, mode, method) => {
  await install();
  expect(await get(path, mode, method)).toBeUndefined();
});

test('a file that does not come makes the installation fail', async () => {
  globalThis.fetch = async () => new Response('', { status: 503 });
  await expect(scope.deliver('install')).rejects.toThrow();
});

test('a new version keeps the old files until it takes over', async () => {
  await install();
  scope.cache.kept.set('https://handrail.example/assets/old.js?v=h0', new Response('old'));
  await scope.deliver('activate');
  expect([...scope.cache.kept.keys()].some((url) => url.includes('old'))).toBe(false);
  expect(scope.cache.kept.size).toBe(2);
});

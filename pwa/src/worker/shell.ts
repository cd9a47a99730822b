/** The app's own files, kept so that it starts with no network from every address. */

import { passThrough } from '../api';

declare const self: ServiceWorkerGlobalScope;
/** Filled in by the build: [address, hash]. */
declare const __SHELL__: [string, string][];

const CACHE = 'handrail-shell';
/** An entry's key holds its hash, so a waiting version fills the same cache without touching the running one's files. */
const keys = new Map(__SHELL__.map(([url, hash]) => [url, `${url}?v=${hash}`]));

/** Fetches what the cache lacks; one file missing, and the installation fails and the running version stays. */
export async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all([...keys].map(([url, key]) => fillOne(cache, url, key)));
}

async function fillOne(cache: Cache, url: string, key: string): Promise<void> {
  if (await cache.match(key)) return;
  const answer = await passThrough(new Request(url, { cache: 'reload', credentials: 'same-origin' }));
  if (!answer.ok || answer.redirected) throw new Error(`${url} answered ${answer.status}`);
  await cache.put(key, answer);
}

/** Where a version notes which files are its own; the next one reads it. */
const LIST = '/handrail-shell-list';

/**
 * Drops what only earlier versions needed, but for the parts of the one before: a page of it may still be open, and
 * fetch a lazy part by its name.
 */
export async function tidy(): Promise<void> {
  const cache = await caches.open(CACHE);
  const mine = [...keys.values()];
  const before = await listed(cache);
  const needed = new Set(
    [LIST, ...mine, ...before.filter(isPart)].map((key) => new URL(key, self.location.origin).href),
  );
  for (const request of await cache.keys()) if (!needed.has(request.url)) await cache.delete(request);
  await cache.put(LIST, new Response(JSON.stringify(mine)));
}

const isPart = (key: string) => key.startsWith('/assets/');

async function listed(cache: Cache): Promise<string[]> {
  try {
    return (await (await cache.match(LIST))?.json()) ?? [];
  } catch {
    return [];
  }
}

/** The kept answer to a request of the page; null for everything the worker must not touch. */
export function answerTo(request: Request): Promise<Response> | null {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return null;
  if (/^\/(api|box)(\/|$)/.test(url.pathname)) return null;
  const file = keys.get(url.pathname);
  const key = file ?? (request.mode === 'navigate' && isPage(url.pathname) ? keys.get('/') : undefined);
  if (!key && isPart(url.pathname)) return keptUnder(url.pathname, request);
  return key ? kept(key, request) : null;
}

/** A part of another version: its name has a hash already, so any copy under it is the right one. */
async function keptUnder(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path, { ignoreSearch: true })) ?? passThrough(request);
}

/** Addresses of the app have no dot in their last part; a file that is not ours goes to the network. */
export const isPage = (path: string) => !/\.[a-z0-9]+$/i.test(path);

async function kept(key: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(key)) ?? passThrough(request);
}

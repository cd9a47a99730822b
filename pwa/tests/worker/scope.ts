/** A worker's global scope: what it shows and opens is written down, its caches are maps. */

import { IDBFactory } from 'fake-indexeddb';
import { vi } from 'vitest';

export interface Shown {
  title: string;
  tag: string;
  data: unknown;
  actions: string[];
}

export interface Window {
  url: string;
  messages: unknown[];
  refusesFocus: boolean;
  hidden?: boolean;
}

class MapCache {
  readonly kept = new Map<string, Response>();
  private key = (of: RequestInfo | URL) =>
    new URL(of instanceof Request ? of.url : of, 'https://handrail.example').href;
  match = async (of: RequestInfo | URL, how?: { ignoreSearch?: boolean }) => {
    const wanted = this.key(of);
    const found = [...this.kept.keys()].find(
      (url) => url === wanted || (how?.ignoreSearch && url.split('?')[0] === wanted),
    );
    return found === undefined ? undefined : this.kept.get(found)?.clone();
  };
  put = async (of: RequestInfo | URL, answer: Response) => void this.kept.set(this.key(of), answer);
  delete = async (of: RequestInfo | URL) => this.kept.delete(this.key(of));
  keys = async () => [...this.kept.keys()].map((url) => new Request(url));
}

export class Scope {
  shown: Shown[] = [];
  opened: string[] = [];
  windows: Window[] = [];
  cache = new MapCache();
  private listeners = new Map<string, (event: unknown) => void>();

  /** Starts the worker over fresh databases; `shell` stands for what the build fills in. */
  async start(shell: [string, string][] = []): Promise<void> {
    vi.resetModules();
    globalThis.indexedDB = new IDBFactory();
    Object.assign(globalThis, { __SHELL__: shell, self: this, caches: { open: async () => this.cache } });
    await import('../../src/worker/main');
  }

  /** Delivers an event and waits for everything it asked to wait for. */
  async deliver(kind: string, facts: object = {}): Promise<Response | undefined> {
    const work: Promise<unknown>[] = [];
    let answer: Promise<Response> | undefined;
    const respondWith = (given: Promise<Response>) => {
      answer = given;
    };
    this.listeners.get(kind)?.({ ...facts, waitUntil: (given: Promise<unknown>) => work.push(given), respondWith });
    await Promise.all(work);
    return answer;
  }

  addEventListener = (kind: string, listener: (event: unknown) => void) => void this.listeners.set(kind, listener);
  badges = 0;
  navigator = {
    setAppBadge: async () => {
      this.badges += 1;
    },
  };
  /** A browser that refuses options it does not know. */
  refusesOptions = false;
  subscription: unknown = null;
  location = { origin: 'https://handrail.example' };
  skipWaiting = async () => {};
  registration = {
    showNotification: async (title: string, options: NotificationOptions & { actions?: { action: string }[] }) => {
      if (this.refusesOptions && options.icon) throw new TypeError('icon');
      const actions = (options.actions ?? []).map((a) => a.action);
      this.shown.push({ title, tag: options.tag ?? '', data: options.data, actions });
    },
    pushManager: {
      getSubscription: async () => this.subscription,
      subscribe: async () => this.subscription,
    },
  };
  clients = {
    claim: async () => {},
    matchAll: async () => this.windows.map((window) => clientOf(window)),
    openWindow: async (url: string) => void this.opened.push(url),
  };
}

const clientOf = (window: Window) => ({
  url: new URL(window.url, 'https://handrail.example').href,
  focused: false,
  visibilityState: window.hidden ? 'hidden' : 'visible',
  focus: () => (window.refusesFocus ? Promise.reject(new Error('not now')) : Promise.resolve()),
  postMessage: (message: unknown) => window.messages.push(message),
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withLock } from '../../src/store/turn';

type Run = () => Promise<unknown>;

/** Web Locks as far as one name goes: a queue, a signal that ends waiting, and stealing. */
class Locks {
  holder: { lost: (error: Error) => void } | null = null;
  queue: (() => void)[] = [];

  request(_name: string, options: { signal?: AbortSignal; steal?: boolean }, run: Run): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        const mine = { lost: reject };
        this.holder = mine;
        run()
          .then(resolve, reject)
          .finally(() => {
            if (this.holder !== mine) return;
            this.holder = null;
            this.queue.shift()?.();
          });
      };
      if (options.steal) {
        this.holder?.lost(new Error('stolen'));
        begin();
      } else if (!this.holder) begin();
      else {
        this.queue.push(begin);
        options.signal?.addEventListener('abort', () => {
          this.queue = this.queue.filter((one) => one !== begin);
          reject(options.signal?.reason);
        });
      }
    });
  }
}

let wake: ((value: string) => void) | undefined;
const asleep = () =>
  new Promise<string>((resolve) => {
    wake = resolve;
  });

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() });
  const patience = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
  vi.stubGlobal('runOut', () => patience.abort(new Error('patience')));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('work under one name waits for the work before it', async () => {
  const first = withLock('a', asleep);
  const second = withLock('a', async () => 'second');
  wake?.('first');
  expect(await Promise.all([first, second])).toEqual(['first', 'second']);
});

test('a window that sleeps with the lock does not keep the others from working, and its own work counts when it wakes', async () => {
  const sleeping = withLock('a', asleep);
  const other = withLock('a', async () => 'other');
  (globalThis as unknown as { runOut(): void }).runOut();
  expect(await other).toBe('other');
  wake?.('woken');
  expect(await sleeping).toBe('woken');
});

test('what the work throws is thrown', async () => {
  const failing = withLock('a', async () => {
    throw new TypeError('no');
  });
  await expect(failing).rejects.toThrow(TypeError);
});

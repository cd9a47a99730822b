/** Follows the worker to the page a notification asked for. */

import { takeTarget } from '../store/shell';

/** `go` is called with a path of ours: now, if one was kept from before the start, and for every later click. */
export async function whenOpened(go: (path: string) => void): Promise<void> {
  navigator.serviceWorker?.addEventListener('message', (event: MessageEvent) => {
    if (event.data?.type !== 'open' || typeof event.data.url !== 'string') return;
    go(event.data.url);
    void takeTarget();
  });
  const target = await takeTarget().catch(() => null);
  if (target && target !== location.pathname + location.search) go(target);
}

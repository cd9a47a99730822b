/** A new version of the app: offered, never forced over a draft. */

import { signal } from '@preact/signals';
import { registration } from '../push/registration';

/** A new version waits for the resident's tap. */
export const updateReady = signal(false);

const HOUR_MS = 3_600_000;
const FALLBACK_MS = 4_000;

export async function watchForUpdates(): Promise<void> {
  const reg = await registration();
  if (!reg) return;
  const look = () => {
    updateReady.value = reg.waiting !== null && navigator.serviceWorker.controller !== null;
  };
  reg.addEventListener('updatefound', () => reg.installing?.addEventListener('statechange', look));
  look();
  const ask = () => void reg.update().catch(() => {});
  setInterval(ask, HOUR_MS);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && ask());
  followOthers();
}

/** Another window took the new version: this one follows as soon as nobody looks at it. */
function followOthers(): void {
  if (!navigator.serviceWorker.controller) return;
  const follow = () => {
    if (document.visibilityState === 'hidden') location.reload();
  };
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    follow();
    document.addEventListener('visibilitychange', follow);
  });
}

/** Takes the waiting version and loads it; drafts are on the disk already. */
export async function applyUpdate(): Promise<void> {
  const reg = await registration();
  if (reg && !reg.waiting) await reg.update().catch(() => {});
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  setTimeout(() => location.reload(), FALLBACK_MS);
  reg?.waiting?.postMessage({ type: 'SKIP_WAITING' });
}

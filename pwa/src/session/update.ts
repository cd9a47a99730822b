/** A new version of the app: offered, never forced over a draft. */

import { signal } from '@preact/signals';
import { registration } from '../push/registration';

/** A new version waits for the resident's tap. */
export const updateReady = signal(false);

const HOUR_MS = 3_600_000;
/** Something that does not answer must not keep a person waiting longer than this after the tap. */
const FALLBACK_MS = 4_000;

/** The worker in charge belongs to a newer version than this page: loading it again is all it takes. */
let overtaken = false;

export async function watchForUpdates(): Promise<void> {
  const reg = await registration();
  if (!reg) return;
  const look = () => {
    updateReady.value = overtaken || (reg.waiting !== null && navigator.serviceWorker.controller !== null);
  };
  followOthers(look);
  reg.addEventListener('updatefound', () => reg.installing?.addEventListener('statechange', look));
  look();
  const ask = () => void reg.update().catch(() => {});
  setInterval(ask, HOUR_MS);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && ask());
}

/** A check-in under way: its draft is on the disk, but a line that is being typed may not be yet. */
const answering = () => /^\/(c|check-in)\//.test(location.pathname);

/**
 * Another window took the new version: this one follows as soon as nobody looks at it, and offers it till then. The very
 * first worker of a page is no new version.
 */
function followOthers(look: () => void): void {
  let led = navigator.serviceWorker.controller !== null;
  const follow = () => {
    if (overtaken && document.visibilityState === 'hidden' && !answering()) location.reload();
  };
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    overtaken = led;
    led = true;
    look();
    follow();
  });
  document.addEventListener('visibilitychange', follow);
}

/** Takes the waiting version and loads it; drafts are on the disk already. */
export async function applyUpdate(): Promise<void> {
  if (overtaken || !('serviceWorker' in navigator)) return location.reload();
  setTimeout(() => location.reload(), FALLBACK_MS);
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  const reg = await registration();
  if (reg && !reg.waiting) await reg.update().catch(() => {});
  (await installed(reg))?.postMessage({ type: 'SKIP_WAITING' });
}

/** The version that waits; one that is on its way is waited for. */
async function installed(reg: ServiceWorkerRegistration | null): Promise<ServiceWorker | null> {
  const coming = reg?.installing;
  if (!coming || reg.waiting) return reg?.waiting ?? null;
  await new Promise<void>((done) => coming.addEventListener('statechange', () => done(), { once: true }));
  return reg.waiting;
}

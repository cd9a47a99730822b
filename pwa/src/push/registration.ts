/** Registers the service worker under our Trusted Types policy. The only place that makes a policy. */

interface ScriptPolicy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

const WORKER_URL = '/sw.js';

/** The worker's address, as a trusted one where the browser asks for that. */
function workerUrl(): string {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  if (!factory) return WORKER_URL;
  const only = (url: string) => {
    if (url !== WORKER_URL) throw new TypeError('not a script of ours');
    return url;
  };
  return factory.createPolicy('handrail', { createScriptURL: only }).createScriptURL(WORKER_URL);
}

let registering: Promise<ServiceWorkerRegistration | null> | null = null;

/** Whoever runs this instance took the worker off every phone; the page comes from the network and must not bring it back. */
export const switchedOff = (): boolean =>
  typeof document !== 'undefined' && document.querySelector('meta[name="worker"][content="off"]') !== null;

/** The registration, made once; null where service workers are missing, refused, or switched off. */
export function registration(): Promise<ServiceWorkerRegistration | null> {
  registering ??= register();
  return registering;
}

async function register(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null;
  if (switchedOff()) return leave();
  try {
    return await navigator.serviceWorker.register(workerUrl(), { scope: '/', updateViaCache: 'none' });
  } catch {
    return null;
  }
}

async function leave(): Promise<null> {
  for (const reg of await navigator.serviceWorker.getRegistrations()) await reg.unregister();
  return null;
}

interface SyncRegistration {
  sync?: { register(tag: string): Promise<void> };
}

/** Asks the browser to wake the worker once the network is back; only Chromium can, elsewhere nothing happens. */
export async function wakeWorkerLater(): Promise<void> {
  const reg = (await registration()) as (ServiceWorkerRegistration & SyncRegistration) | null;
  await reg?.sync?.register('flush').catch(() => {});
}

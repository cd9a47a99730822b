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

/** The registration, made once; null where service workers are missing or refused. */
export function registration(): Promise<ServiceWorkerRegistration | null> {
  registering ??= register();
  return registering;
}

async function register(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null;
  try {
    return await navigator.serviceWorker.register(workerUrl(), { scope: '/', updateViaCache: 'none' });
  } catch {
    return null;
  }
}

interface SyncRegistration {
  sync?: { register(tag: string): Promise<void> };
}

/** Asks the browser to wake the worker once the network is back; only Chromium can, elsewhere nothing happens. */
export async function wakeWorkerLater(): Promise<void> {
  const reg = (await registration()) as (ServiceWorkerRegistration & SyncRegistration) | null;
  await reg?.sync?.register('flush').catch(() => {});
}

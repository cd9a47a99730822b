/** Turning prompts on and off on this phone, and mending what the browser lost. */

import { signal } from '@preact/signals';
import * as api from '../api';
import { register } from '../journal/register';
import { fromB64u, sameBytes } from '../store/bytes';
import { device } from '../store/device';
import { keepSetting, setting } from '../store/values';
import { me } from '../store/view';
import { registration } from './registration';

export type PushState =
  | 'unknown'
  /** This browser cannot. */
  | 'unsupported'
  /** iOS: only the installed app can. */
  | 'install-first'
  /** The resident or the browser said no; only its settings can change that. */
  | 'blocked'
  /** The question was closed without an answer; it may be asked again. */
  | 'ignored'
  /** The browser's push service, or ours, did not answer. */
  | 'unreachable'
  | 'on'
  | 'off';

export const pushState = signal<PushState>('unknown');
/** When the server last confirmed this phone's subscription; null when it has none. */
export const confirmedAt = signal<string | null>(null);

const TIMEOUT_MS = 20_000;
let ready: ServiceWorkerRegistration | null = null;

/** Reads what the browser can do and what is on. Called at start, so that `enable` has everything in memory. */
export async function look(): Promise<void> {
  if (needsInstall()) pushState.value = 'install-first';
  else if (!supported()) pushState.value = 'unsupported';
  else {
    pushState.value = (await registration()) ? await current() : 'unsupported';
  }
}

async function current(): Promise<PushState> {
  ready = await navigator.serviceWorker.ready;
  return Notification.permission === 'denied' ? 'blocked' : present();
}

async function present(): Promise<PushState> {
  const wanted = (await setting('push'))?.wanted === true;
  return wanted && (await ready?.pushManager.getSubscription()) ? 'on' : 'off';
}

const supported = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

function needsInstall(): boolean {
  const apple =
    /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  return apple && !matchMedia('(display-mode: standalone)').matches;
}

/**
 * Called straight from the tap. The first thing awaited is `subscribe()`, or iOS and Firefox no longer see a tap behind it.
 */
export function enable(): Promise<PushState> {
  const key = me.value?.push_key;
  if (!ready || !key) return Promise.resolve(pushState.value === 'unknown' ? 'unsupported' : pushState.value);
  return settle(ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: fromB64u(key) }));
}

async function settle(asking: Promise<PushSubscription>): Promise<PushState> {
  try {
    const subscription = await within(asking);
    await keepSetting('push', { wanted: true, endpoint: null, confirmed_at: null });
    await confirm(subscription);
    pushState.value = 'on';
  } catch (error) {
    pushState.value = whyNot(error);
  }
  return pushState.value;
}

/** In Chromium without its push service `subscribe()` never settles. */
function within<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException('no answer', 'TimeoutError')), TIMEOUT_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function whyNot(error: unknown): PushState {
  if (error instanceof DOMException && error.name === 'NotAllowedError') {
    return Notification.permission === 'denied' ? 'blocked' : 'ignored';
  }
  return Notification.permission === 'default' ? 'ignored' : 'unreachable';
}

/** Tells the server where to send; throws Offline or Refusal. */
async function confirm(subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  if (!endpoint || !keys?.p256dh || !keys.auth) throw new Error('the browser gave half a subscription');
  // The tap may come before the first exchange has enrolled this phone.
  await register();
  const { device_id } = await device();
  const said = await api.putSubscription(device_id, endpoint, { p256dh: keys.p256dh, auth: keys.auth });
  confirmedAt.value = said.confirmed_at;
  await keepSetting('push', { wanted: true, endpoint, confirmed_at: said.confirmed_at });
}

/** On every start and whenever the page becomes visible: what the resident wanted on is on, with the key of today. */
export async function mend(): Promise<void> {
  if (!ready) await look();
  const kept = await setting('push');
  const key = me.value?.push_key;
  if (!ready || !key || !kept?.wanted || Notification.permission !== 'granted') return;
  const applicationServerKey = fromB64u(key);
  let subscription = await ready.pushManager.getSubscription();
  if (subscription && !sameKey(subscription, applicationServerKey)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await within(ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
  await confirm(subscription);
  pushState.value = 'on';
}

function sameKey(subscription: PushSubscription, key: Uint8Array): boolean {
  const held = subscription.options.applicationServerKey;
  return held === null || sameBytes(new Uint8Array(held), key);
}

/** Off on this phone at once; the server is told now if it can be reached, and drops it at its next send if not. */
export async function disable(): Promise<void> {
  await keepSetting('push', { wanted: false, endpoint: null, confirmed_at: null });
  const { device_id } = await device();
  await (await ready?.pushManager.getSubscription())?.unsubscribe();
  confirmedAt.value = null;
  pushState.value = 'off';
  await api.dropSubscription(device_id).catch(() => null);
}

/** Turning prompts on and off on this phone, and mending what the browser or its push service lost. */

import { signal } from '@preact/signals';
import * as api from '../api';
import { Refusal } from '../api';
import { register } from '../journal/register';
import { device } from '../store/device';
import { keepSetting, setting } from '../store/values';
import { me } from '../store/view';
import { agree, alonePushing, anew, keyOf, optionsFor, TIMEOUT_MS } from './agree';
import { registration, switchedOff } from './registration';
import { within } from './within';

export type PushState =
  | 'unknown'
  /** The worker is not in charge yet, or nobody told the key. */
  | 'not-ready'
  /** This browser cannot. */
  | 'unsupported'
  /** Whoever runs this instance took push off for now. */
  | 'switched-off'
  /** iOS: only the installed app can. */
  | 'install-first'
  /** The resident or the browser said no; only its settings can change that. */
  | 'blocked'
  /** The question was closed without an answer; it may be asked again. */
  | 'ignored'
  /** The browser's push service did not answer. */
  | 'unreachable'
  | 'on'
  | 'off';

export const pushState = signal<PushState>('unknown');
/** When the server last confirmed this phone's subscription; null when it has not, or there is none. */
export const confirmedAt = signal<string | null>(null);

let ready: ServiceWorkerRegistration | null = null;

/** Reads what the browser can do and what is on. Called at start, so that `enable` has everything in memory. */
export async function look(): Promise<void> {
  if (needsInstall()) pushState.value = 'install-first';
  else if (!supported()) pushState.value = 'unsupported';
  else if (switchedOff()) pushState.value = 'switched-off';
  else pushState.value = (await registration()) ? await current() : 'unsupported';
}

async function current(): Promise<PushState> {
  ready = await navigator.serviceWorker.ready;
  return Notification.permission === 'denied' ? 'blocked' : present();
}

async function present(): Promise<PushState> {
  const kept = await setting('push');
  confirmedAt.value = kept?.confirmed_at ?? null;
  return kept?.wanted && (await ready?.pushManager.getSubscription()) ? 'on' : 'off';
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
  if (!ready || !key) return Promise.resolve(notYet());
  const { pushManager } = ready;
  const asking = pushManager.subscribe(optionsFor(key)).catch((error) => underAnotherKey(pushManager, key, error));
  return settle(asking);
}

function notYet(): PushState {
  if (pushState.value === 'unknown' || pushState.value === 'off') pushState.value = 'not-ready';
  void look().catch(() => {});
  return pushState.value;
}

/** A subscription under a key of another time stands in the way; the browser has its yes, so no tap is needed. */
async function underAnotherKey(manager: PushManager, key: string, error: unknown): Promise<PushSubscription> {
  if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error;
  return anew(manager, await manager.getSubscription(), key);
}

async function settle(asking: Promise<PushSubscription>): Promise<PushState> {
  try {
    await turnOn(await within(asking, TIMEOUT_MS));
  } catch (error) {
    pushState.value = whyNot(error);
    // Somebody may read the browser's question for longer than that: a late yes is a yes.
    if (nameOf(error) === 'TimeoutError') void asking.then(turnOn).catch(() => {});
  }
  return pushState.value;
}

/** It is on from here on; a server that cannot be reached now is told by `mend`. */
async function turnOn(subscription: PushSubscription): Promise<void> {
  await keepSetting('push', { wanted: true, endpoint: null, confirmed_at: null });
  confirmedAt.value = null;
  pushState.value = 'on';
  await alonePushing(() => settleWith(subscription)).catch(async (error) => {
    if (!(error instanceof Refusal) || error.code !== 'bad_subscription') return;
    // A push service nobody here knows: it is never sent to.
    await disable();
    pushState.value = 'unsupported';
  });
}

async function settleWith(subscription: PushSubscription): Promise<void> {
  if (!ready) return;
  // The tap may come before the first exchange has enrolled this phone.
  await register();
  confirmedAt.value = await agree(ready.pushManager, subscription);
}

const nameOf = (error: unknown): string => (error instanceof DOMException ? error.name : '');

function whyNot(error: unknown): PushState {
  if (Notification.permission === 'denied') return 'blocked';
  return Notification.permission === 'default' || nameOf(error) === 'NotAllowedError' ? 'ignored' : 'unreachable';
}

/**
 * On every start and whenever the page becomes visible: what the resident wanted on is on, with the key of today and
 * an address the push service knows. Throws Offline, Refusal, or what the browser says.
 */
export async function mend(): Promise<void> {
  if (!ready || pushState.value === 'blocked') await look();
  if (Notification.permission === 'denied') pushState.value = 'blocked';
  await alonePushing(mendAlone);
}

async function mendAlone(): Promise<void> {
  const kept = await setting('push');
  if (!ready || !kept?.wanted || Notification.permission !== 'granted') return;
  await register();
  const known = await api.subscription((await device()).device_id);
  const key = known.push_key ?? me.value?.push_key;
  if (!key) return;
  let held = await ready.pushManager.getSubscription();
  // The server had this address and has dropped it: its push service said that it is gone, whatever the browser thinks.
  const dropped = known.endpoint === null && kept.endpoint !== null && held?.toJSON().endpoint === kept.endpoint;
  if (!held || dropped || !isUnder(held, key)) held = await anewOrTold(ready.pushManager, held, key);
  confirmedAt.value = await agree(ready.pushManager, held);
  pushState.value = 'on';
}

const isUnder = (held: PushSubscription, key: string): boolean => keyOf(held) === null || keyOf(held) === key;

async function anewOrTold(manager: PushManager, held: PushSubscription | null, key: string): Promise<PushSubscription> {
  try {
    return await anew(manager, held, key);
  } catch (error) {
    pushState.value = whyNot(error);
    throw error;
  }
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

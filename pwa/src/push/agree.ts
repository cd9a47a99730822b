/** Brings a browser's subscription and the server's record of it together. The page and the worker both come here. */

import * as api from '../api';
import { Refusal } from '../api';
import { fromB64u, toB64u } from '../store/bytes';
import { device } from '../store/device';
import { withLock } from '../store/turn';
import { keepSetting } from '../store/values';
import { within } from './within';

/** Milliseconds a browser's push service may take; in Chromium without one `subscribe()` never settles. */
export const TIMEOUT_MS = 20_000;
/** Once for a key that was changed, once for an address that belongs to somebody else. */
const TRIES = 3;

export type Manager = Pick<PushManager, 'subscribe' | 'getSubscription'>;

export const optionsFor = (key: string): PushSubscriptionOptionsInit => ({
  userVisibleOnly: true,
  applicationServerKey: fromB64u(key),
});

/** The server's key this subscription was made under; null where the browser does not tell. */
export function keyOf(subscription: PushSubscription): string | null {
  const held = subscription.options?.applicationServerKey;
  return held ? toB64u(held) : null;
}

/** One window or the worker at a time: two that mend at once would take each other's subscription away. */
export const alonePushing = <T>(work: () => Promise<T>): Promise<T> => withLock('handrail/push', work);

/**
 * Tells the server where to send, and subscribes anew where it wants another key or the address is not ours to use.
 * Returns when the server last heard of this phone. Throws Offline, Refusal, or what the browser says.
 */
export async function agree(manager: Manager, subscription: PushSubscription): Promise<string> {
  let held = subscription;
  for (let left = TRIES; ; left -= 1) {
    const answer = await tellServer(held).catch((error) => {
      if (left > 1 && isStale(error)) return null;
      throw error;
    });
    const wanted = answer?.push_key ?? keyOf(held);
    if (answer && (wanted === keyOf(held) || keyOf(held) === null || left <= 1)) return answer.confirmed_at;
    if (!wanted) throw new Error('nobody knows the key');
    held = await anew(manager, held, wanted);
  }
}

/** The address belongs to another account's phone, or its key is retired: a fresh one helps. */
const isStale = (error: unknown): boolean =>
  error instanceof Refusal &&
  (error.code === 'endpoint_taken' ||
    (error.code === 'bad_subscription' && Object.hasOwn((error.members.errors as object) ?? {}, 'key')));

/** A subscription in the place of one that is dead, or of none. */
export async function anew(manager: Manager, old: PushSubscription | null, key: string): Promise<PushSubscription> {
  await old?.unsubscribe();
  return within(manager.subscribe(optionsFor(key)), TIMEOUT_MS);
}

async function tellServer(subscription: PushSubscription) {
  const { endpoint, keys } = subscription.toJSON();
  if (!endpoint || !keys?.p256dh || !keys.auth) throw new Error('the browser gave half a subscription');
  const { device_id } = await device();
  const pair = { p256dh: keys.p256dh, auth: keys.auth };
  const said = await api.putSubscription(device_id, endpoint, pair, keyOf(subscription));
  await keepSetting('push', { wanted: true, endpoint, confirmed_at: said.confirmed_at });
  return said;
}

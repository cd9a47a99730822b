/** The browser replaced this phone's subscription: tell the server, or prompts stop without a word. */

import * as api from '../api';
import { device } from '../store/device';
import { wake } from '../store/shell';
import { keepSetting } from '../store/values';

declare const self: ServiceWorkerGlobalScope;

export interface ChangeEvent extends ExtendableEvent {
  newSubscription?: PushSubscription | null;
  oldSubscription?: PushSubscription | null;
}

export async function renewed(event: ChangeEvent): Promise<void> {
  const me = await wake();
  if (!me) return;
  const subscription = event.newSubscription ?? (await subscribeAgain(me.push_key));
  const { endpoint, keys } = subscription.toJSON();
  if (!endpoint || !keys?.p256dh || !keys.auth) return;
  const { device_id } = await device();
  const { confirmed_at } = await api.putSubscription(device_id, endpoint, { p256dh: keys.p256dh, auth: keys.auth });
  await keepSetting('push', { wanted: true, endpoint, confirmed_at });
}

const subscribeAgain = (applicationServerKey: string): Promise<PushSubscription> =>
  self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });

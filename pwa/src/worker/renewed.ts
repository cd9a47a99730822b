/** The browser replaced this phone's subscription: tell the server, or prompts stop without a word. */

import { agree, alonePushing, anew } from '../push/agree';
import { wake } from '../store/shell';
import { setting } from '../store/values';

declare const self: ServiceWorkerGlobalScope;

export interface ChangeEvent extends ExtendableEvent {
  newSubscription?: PushSubscription | null;
  oldSubscription?: PushSubscription | null;
}

/** What cannot be done now, the page does when it is opened. */
export async function renewed(event: ChangeEvent): Promise<void> {
  const me = await wake();
  if (!me || !(await setting('push'))?.wanted) return;
  await alonePushing(async () => {
    const manager = self.registration.pushManager;
    const held = event.newSubscription ?? (await manager.getSubscription()) ?? (await anew(manager, null, me.push_key));
    await agree(manager, held);
  });
}

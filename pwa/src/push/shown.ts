/** Notifications still on the lock screen for prompts that were dealt with elsewhere: on a screen, or on another device. */

import { now } from '../clock';
import type { Prompt } from '../contract';
import { cached } from '../store/values';
import { registration } from './registration';

/** The worker writes `promptId`; a notification that Safari drew by itself has the message's own `prompt`. */
type Data = { promptId?: unknown; prompt?: unknown } | null;

const settled = ({ state, due_at }: Prompt): boolean =>
  state === 'answered' ||
  state === 'declined' ||
  state === 'passed' ||
  (state === 'snoozed' && Date.parse(due_at) > now());

/** Closes them; those of open prompts, and of prompts this phone has not heard of yet, stay. */
export async function closeSettled(): Promise<void> {
  const ids = new Set<unknown>(((await cached('prompts')) ?? []).filter(settled).map((prompt) => prompt.id));
  const reg = ids.size > 0 ? await registration() : null;
  for (const notification of (await reg?.getNotifications?.()) ?? []) {
    const data = notification.data as Data;
    if (ids.has(data?.promptId ?? data?.prompt)) notification.close();
  }
}

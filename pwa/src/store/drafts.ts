/** A check-in in progress, saved at every tap, so that a call, a crash or an update costs nothing. */

import type { Id } from '../contract';
import { lock, unlock } from './cipher';
import { look, strict } from './database';
import type { Draft } from './schema';

/** One draft per prompt, or per protocol when started by hand. */
export const draftKey = (protocol: string, promptId: Id | null = null): string => promptId ?? protocol;

export async function keepDraft(key: string, draft: Draft): Promise<void> {
  const mine = endDraft(key);
  const box = await lock(draft);
  // A newer draft, or the saved check-in itself, has taken over meanwhile: a late one must not come back.
  if (turns.get(key) !== mine) return;
  await strict(['drafts', 'journal'], async (tx) => {
    // Another window saved this very check-in: nothing is left to be gone on with.
    if (draft.entity && (await tx.objectStore('journal').get(draft.entity))) return;
    await tx.objectStore('drafts').put(box, key);
  });
}

const turns = new Map<string, number>();

/** From here on, drafts of this key that are not on the disk yet stay away from it. Costs the save no waiting. */
export function endDraft(key: string): number {
  const turn = (turns.get(key) ?? 0) + 1;
  turns.set(key, turn);
  return turn;
}

/** Null when there is none, or when it cannot be opened any more. */
export async function draftOf(key: string): Promise<Draft | null> {
  const box = await look(['drafts'], (tx) => tx.objectStore('drafts').get(key));
  return box ? unlock<Draft>(box).catch(() => null) : null;
}

export async function dropDraft(key: string): Promise<void> {
  endDraft(key);
  await strict(['drafts'], async (tx) => {
    await tx.objectStore('drafts').delete(key);
  });
}

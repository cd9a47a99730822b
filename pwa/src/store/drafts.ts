/** A check-in in progress, saved at every tap, so that a call, a crash or an update costs nothing. */

import type { Id } from '../contract';
import { lock, unlock } from './cipher';
import { look, strict } from './database';
import type { Draft } from './schema';

/** One draft per prompt, or per protocol when started by hand. */
export const draftKey = (protocol: string, promptId: Id | null = null): string => promptId ?? protocol;

export async function keepDraft(key: string, draft: Draft): Promise<void> {
  const box = await lock(draft);
  await strict(['drafts'], async (tx) => {
    await tx.objectStore('drafts').put(box, key);
  });
}

/** Null when there is none, or when it cannot be opened any more. */
export async function draftOf(key: string): Promise<Draft | null> {
  const box = await look(['drafts'], (tx) => tx.objectStore('drafts').get(key));
  return box ? unlock<Draft>(box).catch(() => null) : null;
}

export const dropDraft = (key: string): Promise<void> =>
  strict(['drafts'], async (tx) => {
    await tx.objectStore('drafts').delete(key);
  });

/** A check-in in progress, saved at every tap, so that a call, a crash or an update costs nothing. */

import type { Id } from '../contract';
import { lock, unlock } from './cipher';
import { look, strict } from './database';
import type { Draft } from './schema';

/** One draft per prompt, or per protocol when started by hand. */
export const draftKey = (protocol: string, promptId: Id | null = null): string => promptId ?? protocol;

export function keepDraft(key: string, draft: Draft): Promise<void> {
  writing = writing.catch(() => {}).then(() => write(key, draft));
  return writing;
}

async function write(key: string, draft: Draft): Promise<void> {
  const box = await lock(draft);
  await strict(['drafts'], async (tx) => {
    await tx.objectStore('drafts').put(box, key);
  });
}

let writing: Promise<void> = Promise.resolve();

/** Resolves when no draft is on its way to the disk; a late one must not come back after its check-in was saved. */
export const draftsWritten = (): Promise<void> => writing.catch(() => {});

/** Null when there is none, or when it cannot be opened any more. */
export async function draftOf(key: string): Promise<Draft | null> {
  const box = await look(['drafts'], (tx) => tx.objectStore('drafts').get(key));
  return box ? unlock<Draft>(box).catch(() => null) : null;
}

export async function dropDraft(key: string): Promise<void> {
  await draftsWritten();
  await strict(['drafts'], async (tx) => {
    await tx.objectStore('drafts').delete(key);
  });
}

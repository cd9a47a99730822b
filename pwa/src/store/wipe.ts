/**
 * Erases what Handrail keeps on this phone of one person, because the phone was removed from the account or the account
 * was erased. Nothing is offered first: the phone may be in anybody's hands, and its owner was told what goes with it.
 */

import { deleteDB } from 'idb';
import type { Id } from '../contract';
import { tell } from './changes';
import { choosePerson, databaseName, strict } from './database';
import { KEPT_STORES } from './schema';
import { forgetMe, keepShell, shellValue } from './shell';

/** Milliseconds. A frozen window may hold the database open; what was in it is gone by then. */
const DELETE_MAX_MS = 3_000;

/** Why this phone is empty, told on the screen till somebody signs in. */
export type Wiped = 'removed' | 'erased';

/** From the first line on a start that was cut off goes on with it: see `finishWipe`. */
export async function wipePhone(person: Id, why: Wiped): Promise<void> {
  await keepShell('wiping', { person, why });
  await choosePerson(person);
  // The keys go with all else in one step; without them nothing that was copied meanwhile can be opened.
  await strict([...KEPT_STORES], async (tx) => {
    for (const name of KEPT_STORES) await tx.objectStore(name).clear();
  });
  await forgetMe();
  await keepShell('target', null);
  const late = new Promise<void>((resolve) => setTimeout(resolve, DELETE_MAX_MS));
  await Promise.race([deleteDB(databaseName(person)).catch(() => {}), late]);
  await keepShell('wiped', { person, why });
  await keepShell('wiping', null);
  tell('session');
}

/** Goes on with a wipe that was cut off. */
export async function finishWipe(): Promise<void> {
  const begun = await shellValue('wiping');
  if (begun) await wipePhone(begun.person, begun.why);
}

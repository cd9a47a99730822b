/** What the app must know before it knows whose phone this is. A tiny database of its own. */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { now, offset, setOffset } from '../clock';
import type { Id, Me } from '../contract';
import { choosePerson } from './database';

interface ShellMap {
  person: Id | null;
  me: Me | null;
  /** Seconds the demo's clock runs ahead. */
  offset: number;
  /** A page a notification asked for, kept because iOS may open start_url instead; `at` in milliseconds. */
  target: { path: string; at: number } | null;
  /** Somebody signed out here, and the server has not heard of it yet. */
  leaving: boolean;
  /** A wipe that has begun; see store/wipe.ts. */
  wiping: { person: Id; why: 'removed' | 'erased' } | null;
  /** What was wiped here last, told till somebody signs in. */
  wiped: { person: Id; why: 'removed' | 'erased' } | null;
}

interface ShellDb extends DBSchema {
  shell: { key: string; value: ShellMap[keyof ShellMap] };
}

let opening: Promise<IDBPDatabase<ShellDb>> | null = null;

function shell(): Promise<IDBPDatabase<ShellDb>> {
  const forget = () => {
    opening = null;
  };
  opening ??= openDB<ShellDb>('handrail', 1, {
    upgrade: (db) => void db.createObjectStore('shell'),
    terminated: forget,
  }).catch((error) => {
    forget();
    throw error;
  });
  return opening;
}

export async function shellValue<K extends keyof ShellMap>(key: K): Promise<ShellMap[K] | undefined> {
  return (await (await shell()).get('shell', key)) as ShellMap[K] | undefined;
}

export async function keepShell<K extends keyof ShellMap>(key: K, value: ShellMap[K]): Promise<void> {
  const tx = (await shell()).transaction('shell', 'readwrite', { durability: 'strict' });
  await tx.store.put(value, key);
  await tx.done;
}

/** An app that is opened later than this was opened for another reason than the tap, in milliseconds. */
const TARGET_MS = 60_000;

/** The device's own clock: the worker may not know yet how far a demo's runs ahead. */
const deviceNow = () => now() - offset() * 1000;

export const keepTarget = (path: string): Promise<void> => keepShell('target', { path, at: deviceNow() });

/** Takes the page a notification asked for a moment ago; the next call answers null. */
export async function takeTarget(): Promise<string | null> {
  const target = (await shellValue('target')) ?? null;
  if (target) await keepShell('target', null);
  return target && Math.abs(deviceNow() - target.at) < TARGET_MS ? target.path : null;
}

/**
 * Sets the clock and chooses the database of whoever is signed in on this phone; null when nobody is, and for somebody
 * whose signing out was cut off.
 */
export async function wake(): Promise<Me | null> {
  setOffset((await shellValue('offset')) ?? 0);
  const person = (await shellValue('leaving')) ? null : ((await shellValue('person')) ?? null);
  await choosePerson(person);
  return person ? ((await shellValue('me')) ?? null) : null;
}

/** Remembers who is signed in, and the demo's clock with them. */
export async function keepMe(me: Me): Promise<void> {
  const offset = me.demo?.offset_s ?? 0;
  setOffset(offset);
  await keepShell('offset', offset);
  await keepShell('me', me);
  await keepShell('person', me.id);
  await keepShell('wiped', null);
  await choosePerson(me.id);
}

/** Nobody is signed in any more; the person's own database stays, locked, for their return. */
export async function forgetMe(): Promise<void> {
  await keepShell('person', null);
  await keepShell('me', null);
  await choosePerson(null);
}

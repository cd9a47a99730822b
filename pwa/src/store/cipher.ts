/**
 * Local bodies are locked under a key the browser will not hand out, so a copied profile folder's database files alone
 * show no answer. Always lock before opening a transaction: the work would let the transaction commit too early.
 */

import type { Id } from '../contract';
import { currentPerson } from './database';
import type { Locked } from './schema';
import { keepKeyOnce, keyNamed } from './values';

let held: { person: Id; key: CryptoKey } | null = null;

async function deviceKey(): Promise<CryptoKey> {
  const person = currentPerson();
  if (held && held.person === person) return held.key;
  const fresh = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const key = (await keyNamed('device')) ?? (await keepKeyOnce('device', await fresh()));
  if (person) held = { person, key };
  return key;
}

export async function lock(value: unknown): Promise<Locked> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await deviceKey(), bytes) };
}

/** Throws when the box was changed or belongs to another device's key. */
export async function unlock<T>(box: Locked): Promise<T> {
  const bytes = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: box.iv }, await deviceKey(), box.data);
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

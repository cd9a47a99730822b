/** A journal key from one phone to another: sealed to a key the new phone made for this alone, checked by six words. */

import * as api from '../api';
import { Refusal } from '../api';
import { type Identity, identityOf, newIdentity, unwrapWith, wrapTo } from '../seal/age';
import { adoptIdentity, identity } from '../seal/identity';
import { checkWords } from '../seal/words';
import { opened } from './keys';

/** What both phones show. */
export interface Asking {
  key: Identity;
  words: string[];
}

/** On the new phone: asks the other one. Throws Offline or Refusal. */
export async function askOtherPhone(): Promise<Asking> {
  const key = await newIdentity();
  await api.askHandover(key.publicKey);
  return { key, words: await checkWords(key.publicKey) };
}

/**
 * On the new phone, again and again: true once the other phone gave the key and it is this one's. Throws Offline, or
 * Refusal `not_found` when the time is over.
 */
export async function takeFromOtherPhone({ key }: Asking): Promise<boolean> {
  const { body } = await api.takeHandover(key.publicKey);
  if (!body) return false;
  await adoptIdentity(await identityOf(await unwrapWith(body, key.secret)));
  await opened();
  return true;
}

/** On the phone that has the key: who asks; null while nobody does. Throws Offline or Refusal. */
export async function whoAsks(): Promise<{ publicKey: string; words: string[] } | null> {
  try {
    const { public_key } = await api.handover();
    return { publicKey: public_key, words: await checkWords(public_key) };
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return null;
    throw error;
  }
}

/** On the phone that has the key, after the words were the same on both. Throws Offline or Refusal. */
export async function giveToPhone(publicKey: string): Promise<void> {
  const held = await identity();
  if (!held) throw new Error('this phone has no key to give');
  await api.giveHandover(publicKey, await wrapTo(held.secret, publicKey));
}

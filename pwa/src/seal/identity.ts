/** The resident's own key pair: made on the first sign-in, kept on this device under the device key. */

import { lock, unlock } from '../store/cipher';
import { currentPerson } from '../store/database';
import { keepKeyOnce, keyNamed, replaceKey } from '../store/values';
import type { Identity } from './age';
import { macKey } from './mac';

/** The identity with its mac key, opened. */
export interface Held extends Identity {
  mac: CryptoKey;
}

let held: { person: string; value: Held } | null = null;

/** This device's identity; null when it has none yet. */
export async function identity(): Promise<Held | null> {
  const person = currentPerson();
  if (!person) return null;
  if (held?.person === person) return held.value;
  const kept = await keyNamed('identity');
  if (!kept) return null;
  const value = { secret: await unlock<string>(kept.secret), publicKey: kept.public_key, mac: kept.mac };
  held = { person, value };
  return value;
}

async function boxed(made: Identity) {
  const { secretBytes } = await import('./age');
  const mac = await macKey(secretBytes(made.secret));
  return { secret: await lock(made.secret), public_key: made.publicKey, mac };
}

/** Puts an identity in place of whatever this device had; the next use opens it. */
export async function adoptIdentity(made: Identity): Promise<void> {
  await replaceKey('identity', await boxed(made));
  held = null;
}

/** Makes an identity unless this device has one; two tabs may both make one, and the first kept is everybody's. */
export async function ensureIdentity(): Promise<Held> {
  const { newIdentity } = await import('./age');
  if (!(await identity())) await keepKeyOnce('identity', await boxed(await newIdentity()));
  const made = await identity();
  if (!made) throw new Error('nobody is signed in on this phone');
  return made;
}

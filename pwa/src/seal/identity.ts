/** The resident's own key pair: made on the first sign-in, kept on this device under the device key. */

import * as api from '../api';
import { Refusal } from '../api';
import type { Me } from '../contract';
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

/**
 * Brings this device and the account to one key. `ready`: they agree. `locked`: the account has a key this device does
 * not hold; the twelve words open it. Throws Offline or Refusal, and then nothing is settled yet.
 */
export async function settleIdentity(me: Me): Promise<'ready' | 'locked'> {
  const mine = await identity();
  const theirs = me.identity?.public_key ?? null;
  if (theirs !== null) return mine?.publicKey === theirs ? 'ready' : 'locked';
  const { newIdentity } = await import('./age');
  // Two tabs may both make one: the first kept is the one that is announced.
  if (!mine) await keepKeyOnce('identity', await boxed(await newIdentity()));
  const publicKey = (await identity())?.publicKey ?? '';
  return announce(publicKey, null);
}

async function announce(publicKey: string, replaces: string | null): Promise<'ready' | 'locked'> {
  try {
    await api.putIdentity(publicKey, replaces);
    return 'ready';
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'identity_exists') throw error;
    return error.members.public_key === publicKey ? 'ready' : 'locked';
  }
}

/** A new key for an account whose words are lost; what was sealed to the old one stays unreadable. */
export async function replaceIdentity(): Promise<'ready' | 'locked'> {
  const { newIdentity } = await import('./age');
  const me = await api.me();
  const made = await newIdentity();
  const state = await announce(made.publicKey, me.identity?.public_key ?? null);
  if (state === 'ready') await adoptIdentity(made);
  return state;
}

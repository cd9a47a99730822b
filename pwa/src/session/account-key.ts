/** Brings this device and the account to one key. */

import * as api from '../api';
import { Refusal } from '../api';
import type { Me } from '../contract';
import { adoptIdentity, ensureIdentity, identity } from '../seal/identity';
import { keepSetting } from '../store/values';

/**
 * `ready`: they agree. `locked`: the account has a key this device does not hold; the twelve words open it. Throws
 * Offline or Refusal, and then nothing is settled yet.
 */
export async function settleIdentity(me: Me): Promise<'ready' | 'locked'> {
  const theirs = me.identity?.public_key ?? null;
  if (theirs !== null) return (await identity())?.publicKey === theirs ? 'ready' : 'locked';
  return announce((await ensureIdentity()).publicKey, null);
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

/** A new key for an account whose words are lost; what was sealed to the old one stays unreadable. It has no words yet. */
export async function replaceIdentity(): Promise<'ready' | 'locked'> {
  const { newIdentity } = await import('../seal/age');
  const me = await api.me();
  const made = await newIdentity();
  const state = await announce(made.publicKey, me.identity?.public_key ?? null);
  if (state !== 'ready') return state;
  // The server dropped the wraps of the old key with it.
  await keepSetting('recovery', { made: false });
  await adoptIdentity(made);
  return state;
}

/** The identity wrapped by twelve words. The server keeps the wrap and cannot open it. */

import * as api from '../api';
import { identityOf, unwrap, wrap } from '../seal/age';
import { adoptIdentity, identity } from '../seal/identity';
import { plausible, tidy } from '../seal/words';
import { keepSetting } from '../store/values';

const KIND = 'recovery';

/** Throws Offline or Refusal; only after it resolves do the words open anything. */
export async function keepRecovery(words: string[]): Promise<void> {
  const held = await identity();
  if (!held) throw new Error('this device has no key to wrap');
  await api.putWrap(KIND, await wrap(held.secret, tidy(words)));
  await keepSetting('recovery', { made: true });
}

/** False when the words do not fit or no wrap was ever made; throws Offline or Refusal. */
export async function recover(words: string[]): Promise<boolean> {
  if (!plausible(words)) return false;
  const { wraps } = await api.wraps();
  const body = wraps.find((w) => w.kind === KIND)?.body;
  const secret = body ? await unwrap(body, tidy(words)).catch(() => null) : null;
  if (!secret) return false;
  await adoptIdentity(await identityOf(secret));
  await keepSetting('recovery', { made: true });
  return true;
}

/** The identity wrapped to a passkey, beside the twelve words and never in their place. */

import * as api from '../api';
import { identityOf, unwrapWith, wrapTo } from '../seal/age';
import { adoptIdentity, identity } from '../seal/identity';
import { makePasskey, readPasskey } from '../seal/passkey';
import { me } from '../store/view';
import { opened } from './keys';

const KIND = 'passkey';

/** Makes a passkey and keeps the identity under it. Throws NoPasskey, Offline or Refusal (`words_first`). */
export async function keepPasskey(): Promise<void> {
  const held = await identity();
  const who = me.value;
  if (!held || !who) throw new Error('this device has no key to wrap');
  const made = await makePasskey(who);
  await api.putPasskey(await wrapTo(held.secret, made.identity.publicKey), made.credential_id);
}

/** Whether the account has one. Throws Offline or Refusal. */
export const hasPasskey = async (): Promise<boolean> => (await api.wraps()).wraps.some((wrap) => wrap.kind === KIND);

/** Opens the account's key by its passkey. False when there is none that fits; throws NoPasskey, Offline or Refusal. */
export async function enterByPasskey(): Promise<boolean> {
  const wrap = (await api.wraps()).wraps.find((each) => each.kind === KIND);
  if (!wrap?.credential_id) return false;
  const { identity: key } = await readPasskey(wrap.credential_id);
  const secret = await unwrapWith(wrap.body, key.secret).catch(() => null);
  if (!secret) return false;
  await adoptIdentity(await identityOf(secret));
  await opened();
  return true;
}

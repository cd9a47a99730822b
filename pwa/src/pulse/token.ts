/** A block's token, RSABSSA-SHA384-PSS-Randomized (RFC 9474): the server signs what it cannot see. Import lazily only. */

import { RSABSSA } from '@cloudflare/blindrsa-ts';
import type { B64u } from '../contract';
import { fromB64u, joined, sameBytes, toB64u } from '../store/bytes';
import type { Pending } from '../store/tokens';
import { Alarm } from './alarm';

const CONTEXT = new TextEncoder().encode('handrail/v1/sheet-token\0');
/** The 32 random bytes of RFC 9474's "Randomized" preparation are our nonce. */
const NONCE_BYTES = 32;
const EXPONENT = new Uint8Array([1, 0, 1]);
const suite = RSABSSA.SHA384.PSS.Randomized();

/**
 * Takes a block key in, or raises Alarm: only RSA-2048 with e = 65537 in canonical DER whose hash is the announced id.
 * Any freedom left here could give each person a key, and so a mark, of their own.
 */
export async function importBlockKey(block: { spki: B64u; key_id: B64u }): Promise<CryptoKey> {
  const spki = fromB64u(block.spki);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', spki));
  if (!sameBytes(hash, fromB64u(block.key_id))) throw new Alarm('KEY_ID_MISMATCH');
  const how = { name: 'RSA-PSS', hash: 'SHA-384' };
  const key = await crypto.subtle.importKey('spki', spki, how, true, ['verify']).catch(() => {
    throw new Alarm('KEY_SHAPE');
  });
  const shape = key.algorithm as RsaHashedKeyAlgorithm;
  if (shape.modulusLength !== 2048 || !sameBytes(shape.publicExponent, EXPONENT)) throw new Alarm('KEY_SHAPE');
  const again = new Uint8Array(await crypto.subtle.exportKey('spki', key));
  if (!sameBytes(again, spki)) throw new Alarm('KEY_SHAPE');
  return key;
}

/** What must be on the disk before the blinded message leaves. */
export async function prepareAndBlind(key: CryptoKey, key_id: B64u): Promise<Pending> {
  const input = suite.prepare(joined(CONTEXT, fromB64u(key_id)));
  const { blindedMsg, inv } = await suite.blind(key, input);
  return { key_id, input_msg: toB64u(input), blinded_msg: toB64u(blindedMsg), inv: toB64u(inv) };
}

/** The token; throws when the answer is not a valid signature. The caller must then forget `inv` and `blinded_msg`. */
export async function finalize(key: CryptoKey, pending: Pending, blindSig: B64u): Promise<{ nonce: B64u; sig: B64u }> {
  const input = fromB64u(pending.input_msg);
  const sig = await suite.finalize(key, input, fromB64u(blindSig), fromB64u(pending.inv));
  return { nonce: toB64u(input.subarray(0, NONCE_BYTES)), sig: toB64u(sig) };
}

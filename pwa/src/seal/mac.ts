/** The mac of an op: proof, among the person's own devices, that nobody changed it. The server only compares it. */

import type { Op } from '../contract';
import { toB64u } from '../store/bytes';

export type Unsigned = Omit<Op, 'mac'>;

/** The bytes the mac covers: a JSON array in this order, without spaces, as JSON.stringify prints it. */
export const canonical = (op: Unsigned): string =>
  JSON.stringify([op.proto, op.op_id, op.device_id, op.seq, op.entity_id, op.kind, op.base, op.occurred_at, op.body]);

const INFO = new TextEncoder().encode('handrail/v1/mac');

/**
 * The person's mac key, from the 32 secret bytes of the identity: HKDF-SHA256 without salt. A bare hash would let the
 * server try out all answers of a five-tap check-in.
 */
export async function macKey(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: INFO };
  return crypto.subtle.deriveKey(how, root, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign', 'verify']);
}

export async function signed(op: Unsigned, key: CryptoKey): Promise<Op> {
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(canonical(op)));
  return { ...op, mac: toB64u(mac) };
}

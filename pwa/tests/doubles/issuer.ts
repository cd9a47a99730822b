/** An issuer and a box with real keys, so that tokens are real ones. */

import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import type { Block, Shape, Sheet } from '../../src/contract';
import { fromB64u, toB64u } from '../../src/store/bytes';
import { problem, type Server } from './server';

export const SHAPE: Shape = {
  P01: [
    { item: 'a', max: 4 },
    { item: 'b', options: 6, pick: 2 },
  ],
  P10: [{ item: 'a', max: 10 }],
};

export interface KeyMade {
  spki: string;
  key_id: string;
  privateKey: KeyObject;
}

export async function makeKey(bits = 2048, e = 65537): Promise<KeyMade> {
  const pair = generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: e });
  const spki = new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }));
  const key_id = toB64u(await crypto.subtle.digest('SHA-256', spki));
  return { spki: toB64u(spki), key_id, privateKey: pair.privateKey };
}

export const blockOf = (key: { spki: string; key_id: string }, facts: Partial<Block> = {}): Block => ({
  group: 'g1',
  block: '2026-W47',
  key_id: key.key_id,
  spki: key.spki,
  shape: SHAPE,
  open_day: '2000-01-01',
  end_day: '2099-12-31',
  closes_at: '2099-12-31T00:00:00Z',
  eligible: true,
  eligible_count: 12,
  pinned_by: null,
  ...facts,
});

/** Signs one distinct blinded message a key, as the issuer does; verifies tokens as the box does. */
export class Issuer {
  signed = new Map<string, string>();
  sheets = new Map<string, Sheet>();
  bodies: string[] = [];

  constructor(
    readonly server: Server,
    readonly key: KeyMade,
  ) {
    const block = blockOf(key);
    server.blocks = [block];
    server.box = { keys: [block], epoch: 'box-1', list_hash: '' };
    server.issue = (body) => this.issue(body.key_id, body.blinded_msg);
    server.sheet = (body) => this.take(body);
  }

  private issue(key_id: string, blinded: string) {
    const before = this.signed.get(key_id);
    if (before !== undefined && before !== blinded) return problem(409, 'already_issued');
    this.signed.set(key_id, blinded);
    return { blind_sig: this.rawSign(fromB64u(blinded)) };
  }

  private rawSign(message: Uint8Array): string {
    const { n = '', d = '' } = this.key.privateKey.export({ format: 'jwk' });
    const big = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
    const [modulus, exponent] = [big(fromB64u(n)), big(fromB64u(d))];
    const signature = power(big(message), exponent, modulus);
    return toB64u(Buffer.from(signature.toString(16).padStart(512, '0'), 'hex'));
  }

  private take(body: string) {
    this.bodies.push(body);
    const { key_id, nonce, sig, sheet } = JSON.parse(body);
    const input = Buffer.concat([fromB64u(nonce), Buffer.from('handrail/v1/sheet-token\0'), fromB64u(key_id)]);
    const key = createPublicKey({ key: Buffer.from(fromB64u(this.key.spki)), format: 'der', type: 'spki' });
    const sound = verify('sha384', input, { key, padding: 6, saltLength: 48 }, fromB64u(sig));
    if (!sound) return problem(403, 'bad_token');
    const stored = this.sheets.get(nonce);
    if (stored && stored.c > sheet.c) return problem(409, 'stale_sheet', { counter: stored.c });
    this.sheets.set(nonce, sheet);
    return { counter: sheet.c, withdrawn: sheet.w };
  }
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square, left] = [1n, base % modulus, exponent];
  for (; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

import { BlindRSA, getSuiteByName } from '@cloudflare/blindrsa-ts';
import { afterEach, expect, test } from 'vitest';
import { toB64u } from '../../src/store/bytes';
import vectors from '../vectors/rfc9474.json';

const bytesOf = (hex: string) =>
  Uint8Array.from(hex.replace(/^0x/, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const even = (hex: string) => {
  const digits = hex.replace(/^0x/, '');
  return bytesOf(digits.length % 2 ? `0${digits}` : digits);
};
const original = crypto.getRandomValues.bind(crypto);

afterEach(() => {
  crypto.getRandomValues = original;
});

function inverse(a: bigint, n: bigint): bigint {
  let [r0, r1, s0, s1] = [n, a, 0n, 1n];
  while (r1) {
    const q = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - q * r1, s1, s0 - q * s1];
  }
  return ((s0 % n) + n) % n;
}

/** The vectors fix the chance; it is dealt out in the order in which the library asks. */
function deal(values: Uint8Array[]): void {
  crypto.getRandomValues = ((into: Uint8Array) => {
    const next = values.shift();
    if (!next || next.length !== into.length) throw new Error('another order of chance');
    into.set(next);
    return into;
  }) as typeof crypto.getRandomValues;
}

test.each(vectors.map((v) => [v.name, v] as const))('%s agrees with RFC 9474', async (name, v) => {
  const jwk = { kty: 'RSA', ext: true, n: toB64u(even(v.n)), e: toB64u(even(v.e)) };
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
  const blind = even(
    inverse(BigInt(v.inv), BigInt(v.n))
      .toString(16)
      .padStart(v.n.length - 2, '0'),
  );
  const salt = name.includes('PSSZERO') ? new Uint8Array(0) : bytesOf(v.salt);
  const prefix = name.includes('Randomized') ? bytesOf(v.msg_prefix) : new Uint8Array(0);
  const suite = getSuiteByName(BlindRSA, name);
  deal([prefix, salt, blind]);
  const input = suite.prepare(bytesOf(v.msg));
  const { blindedMsg, inv } = await suite.blind(key, input);
  crypto.getRandomValues = original;
  const sig = await suite.finalize(key, input, bytesOf(v.blind_sig), inv);
  expect([input, blindedMsg, inv, sig].map(toB64u)).toEqual(
    [v.input_msg, v.blinded_msg, v.inv, v.sig].map((hex) => toB64u(even(hex))),
  );
});

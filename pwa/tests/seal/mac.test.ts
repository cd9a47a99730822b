import { expect, test } from 'vitest';
import vector from '../../../tests/journal/mac-vector.json';
import { secretBytes } from '../../src/seal/age';
import { canonical, macKey, signed, type Unsigned } from '../../src/seal/mac';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('the secret bytes of an identity are those the vector names', () => {
  expect(hex(secretBytes(vector.identity))).toBe(vector.secret_hex);
});

test('the canonical envelope is an array in a fixed order without spaces', () => {
  for (const one of vector.ops) expect(canonical(one.op as Unsigned)).toBe(one.canonical);
});

test('the mac agrees with the vector the server side reads too', async () => {
  const key = await macKey(secretBytes(vector.identity));
  for (const one of vector.ops) expect((await signed(one.op as Unsigned, key)).mac).toBe(one.mac);
});

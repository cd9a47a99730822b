/** One sealed check-in, both ways: the phone opens what pyrage sealed, and seals what the server side's tests open. */

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import vector from '../../../tests/journal/age-vector.json';
import { identityOf, open, seal } from '../../src/seal/age';

const FILE = new URL('../../../tests/journal/age-vector.json', import.meta.url);

test('the identity’s recipient is the one the vector names', async () => {
  expect((await identityOf(vector.identity)).publicKey).toBe(vector.recipient);
});

test('the phone opens what pyrage sealed', async () => {
  expect(await open(vector.by_pyrage, vector.identity)).toEqual(vector.plain);
});

test('the phone opens its own part of the vector', async () => {
  expect(await open(vector.by_phone, vector.identity)).toEqual(vector.plain);
});

// A sealed file differs each time it is made, so the committed one is written only when somebody asks for it.
test.runIf(process.env.WRITE_AGE_VECTOR)('the phone’s part of the vector is written anew', async () => {
  const by_phone = await seal(vector.plain, vector.recipient);
  writeFileSync(FILE, `${JSON.stringify({ ...vector, by_phone }, null, 2)}\n`);
});

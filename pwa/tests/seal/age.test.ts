import { expect, test } from 'vitest';
import { newIdentity, open, padded, seal, unwrap, wrap } from '../../src/seal/age';
import { newWords, plausible, tidy } from '../../src/seal/words';
import { fromB64u } from '../../src/store/bytes';

test('what is sealed to an identity opens with it and with no other', async () => {
  const rita = await newIdentity();
  const ravi = await newIdentity();
  const body = await seal({ type: 'checkin', text: 'zwei Zeilen, é and 🙂' }, rita.publicKey);
  expect(await open(body, rita.secret)).toEqual({ type: 'checkin', text: 'zwei Zeilen, é and 🙂' });
  await expect(open(body, ravi.secret)).rejects.toThrow();
});

test('a body that was changed anywhere does not open', async () => {
  const rita = await newIdentity();
  const body = await seal({ a: 1 }, rita.publicKey);
  for (const at of [40, 200, body.length - 5]) {
    const flipped = body.slice(0, at) + (body[at] === 'A' ? 'B' : 'A') + body.slice(at + 1);
    await expect(open(flipped, rita.secret)).rejects.toThrow();
  }
});

test.each([
  [1, 1024],
  [1000, 1024],
  [1020, 2048],
])('a text of %i characters is padded to %i bytes', (length, bytes) => {
  expect(padded({ t: 'x'.repeat(length) }).length).toBe(bytes);
});

test('short answers of different length make files of the same length', async () => {
  const rita = await newIdentity();
  const one = await seal({ a: 1 }, rita.publicKey);
  const other = await seal({ a: 10, b: [1, 2], d: 'two lines' }, rita.publicKey);
  expect(fromB64u(one).length).toBe(fromB64u(other).length);
});

test('a body starts as the server expects of a sealed one', async () => {
  const rita = await newIdentity();
  expect(await seal({}, rita.publicKey)).toMatch(/^YWdlLWVuY3J5cHRpb24ub3JnL3Yx[A-Za-z0-9_-]+$/);
});

test('twelve words wrap an identity in at most four kibibytes, and only they open it', async () => {
  const rita = await newIdentity();
  const words = newWords();
  const text = await wrap(rita.secret, tidy(words));
  expect(words).toHaveLength(12);
  expect(text.length).toBeLessThanOrEqual(4096);
  expect(await unwrap(text, tidy([`  ${words.join('  ').toUpperCase()} `]))).toBe(rita.secret);
  await expect(unwrap(text, tidy(newWords()))).rejects.toThrow();
});

test('a slip of the pen in the words is noticed before anything is asked', () => {
  expect(plausible(newWords())).toBe(true);
  expect(plausible(['handrail', ...newWords().slice(1)])).toBe(false);
});

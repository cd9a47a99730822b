import { expect, test } from 'vitest';
import { backoff } from '../../src/session/backoff';

test('the wait grows from two seconds to five minutes', () => {
  expect(backoff(1, null, 1)).toBe(4_000);
  expect(backoff(3, null, 1)).toBe(16_000);
  expect(backoff(50, null, 1)).toBe(300_000);
});

test('chance spreads the phones over the whole wait, but never below two seconds', () => {
  expect(backoff(7, null, 0.5)).toBe(128_000);
  expect(backoff(7, null, 0)).toBe(2_000);
});

test('the server’s own wish is never undercut', () => {
  expect(backoff(1, 90, 0)).toBe(90_000);
  expect(backoff(8, 5, 1)).toBe(300_000);
});

import { expect, test } from 'vitest';
import { type Counted, contentsOf, message, nextCounter } from '../../src/pulse/sheet';
import { blockOf } from '../doubles/issuer';

const block = blockOf({ spki: '', key_id: '' }, { open_day: '2026-11-16', end_day: '2026-11-22' });
const at = (day: string, protocol: string, answers: Counted['answers'], time = '12:00'): Counted => ({
  protocol,
  day,
  occurredAt: `${day}T${time}:00.000Z`,
  answers,
});

test('answers become positions in the order of the shape', () => {
  const own = [at('2026-11-18', 'P01', { a: 3, b: [0, 5], c: [1], d: 'two lines' })];
  expect(contentsOf(block, own).a).toEqual({ P01: [3, 1, 0, 0, 0, 0, 1] });
});

test('what was not answered is 255 in every position', () => {
  expect(contentsOf(block, [at('2026-11-18', 'P01', { a: 0 })]).a).toEqual({
    P01: [0, 255, 255, 255, 255, 255, 255],
  });
});

test('answers the shape does not allow count as not answered', () => {
  expect(contentsOf(block, [at('2026-11-18', 'P01', { a: 9, b: [1] })]).a.P01?.[0]).toBe(255);
  expect(contentsOf(block, [at('2026-11-18', 'P01', { a: 1, b: [0, 1, 2] })]).a.P01).toEqual([
    1,
    ...Array(6).fill(255),
  ]);
});

test('a protocol with nothing to count stays away from the box', () => {
  expect(contentsOf(block, [at('2026-11-18', 'P01', { c: [1] }), at('2026-11-18', 'P99', { a: 1 })]).a).toEqual({});
});

test('only the latest check-in of each protocol within the days of the block counts', () => {
  const own = [
    at('2026-11-15', 'P10', { a: 1 }),
    at('2026-11-16', 'P10', { a: 2 }, '08:00'),
    at('2026-11-22', 'P10', { a: 3 }, '09:00'),
    at('2026-11-22', 'P10', { a: 4 }, '21:00'),
    at('2026-11-23', 'P10', { a: 5 }),
  ];
  expect(contentsOf(block, own).a).toEqual({ P10: [4] });
});

test('every message to the box has 4096 bytes', () => {
  const token = { key_id: 'k'.repeat(43), nonce: 'n'.repeat(43), sig: 's'.repeat(342) };
  const sheets: Record<string, number[]>[] = [
    {},
    { P01: [4, 1, 1, 0, 0, 0, 0] },
    { P01: Array(7).fill(255), P10: [10] },
  ];
  for (const a of sheets) {
    const body = message(token, { v: 1, c: 1, w: false, a, s: [] });
    expect(new TextEncoder().encode(body)).toHaveLength(4096);
    expect(JSON.parse(body).sheet.a).toEqual(a);
  }
});

test('a counter starts at random and grows by random steps', () => {
  const starts = new Set(Array.from({ length: 20 }, () => nextCounter(0)));
  expect(starts.size).toBeGreaterThan(15);
  for (const start of starts) {
    expect(start).toBeGreaterThan(0);
    expect(start).toBeLessThan(2 ** 24);
    const next = nextCounter(start);
    expect(next - start).toBeGreaterThanOrEqual(1);
    expect(next - start).toBeLessThanOrEqual(256);
  }
});

import { expect, test } from 'vitest';
import P01 from '../../../api/library/protocols/P01.json';
import P02 from '../../../api/library/protocols/P02.json';
import P10 from '../../../api/library/protocols/P10.json';
import type { Answers, Protocol } from '../../src/contract';
import {
  answersOnTheWay,
  holds,
  itemsOnTheWay,
  longestPath,
  nextItem,
  previousItem,
  progress,
} from '../../src/journal/flow';

const [shiftExit, protectedTime, tank] = [P01, P02, P10] as unknown as [Protocol, Protocol, Protocol];

const way = (protocol: Protocol, answers: Answers, past: Answers[] = []) =>
  itemsOnTheWay(protocol, answers, past)
    .map((item) => item.id)
    .join('');

test.each<[string, Protocol, Answers, string]>([
  ['little left of work', shiftExit, { a: 1 }, 'ab'],
  ['a lot left of work', shiftExit, { a: 3 }, 'abc'],
  ['two lines to write', shiftExit, { a: 4, c: [0] }, 'abcd'],
  ['a walk instead', shiftExit, { a: 4, c: [2] }, 'abc'],
  ['no time planned', protectedTime, { a: 1 }, 'ad'],
  ['time that stayed', protectedTime, { a: 0, b: 4 }, 'ab'],
  ['time that did not stay', protectedTime, { a: 0, b: 2 }, 'abc'],
  ['a fair tank', tank, { a: 6 }, 'ab'],
])('%s leads over the right items', (_name, protocol, answers, ids) => {
  expect(way(protocol, answers)).toBe(ids);
});

test('three low answers of the last five, this one included, offer options', () => {
  const low = { a: 2 };
  const fair = { a: 6 };
  expect(way(tank, low, [low, low])).toBe('abc');
  expect(way(tank, low, [low, fair, fair, low])).toBe('abc');
  expect(way(tank, low, [low, fair, fair, fair, low])).toBe('ab');
  expect(way(tank, fair, [low, low, fair])).toBe('ab');
  expect(way(tank, {}, [low, low, low])).toBe('ab');
});

test('skipped earlier answers do not count into a run', () => {
  expect(way(tank, { a: 0 }, [{ b: [1] }, { a: 1 }, {}, { a: 2 }])).toBe('abc');
});

test('the next item follows the answers and ends with null', () => {
  expect(nextItem(shiftExit, {})?.id).toBe('a');
  expect(nextItem(shiftExit, { a: 0 }, [], 'a')?.id).toBe('b');
  expect(nextItem(shiftExit, { a: 0 }, [], 'b')).toBeNull();
  expect(nextItem(protectedTime, { a: 1 }, [], 'a')?.id).toBe('d');
});

test('a skipped item leads on without what depends on it', () => {
  expect(nextItem(protectedTime, {}, [], 'a')).toBeNull();
});

test('back goes over the items that were on the way', () => {
  expect(previousItem(protectedTime, { a: 1 }, [], 'd')?.id).toBe('a');
  expect(previousItem(protectedTime, { a: 1 }, [], 'a')).toBeNull();
});

test('progress counts what is on the way and leaves extras out', () => {
  expect(progress(shiftExit, { a: 1 }, [], 'b')).toEqual({ n: 2, of: 2, extra: false });
  expect(progress(shiftExit, { a: 4 }, [], 'b')).toEqual({ n: 2, of: 3, extra: false });
  expect(progress(shiftExit, { a: 4, c: [0] }, [], 'd')).toEqual({ n: 3, of: 3, extra: true });
});

test('an answer that is no longer on the way is not saved', () => {
  expect(answersOnTheWay(shiftExit, { a: 0, b: [1], c: [0], d: 'two lines' })).toEqual({ a: 0, b: [1] });
});

test('every protocol takes at most three taps besides an optional line', () => {
  expect([shiftExit, protectedTime, tank].map(longestPath)).toEqual([3, 3, 3]);
});

test('the heavy answers are those of the library', () => {
  expect(holds(shiftExit.heavy, { a: 4 })).toBe(true);
  expect(holds(shiftExit.heavy, { a: 1 })).toBe(false);
});

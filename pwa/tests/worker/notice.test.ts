import { expect, test } from 'vitest';
import { noticeOf, ownPath } from '../../src/worker/notice';

const ORIGIN = 'https://handrail.example';
const PROMPT = '22222222-2222-4222-8222-222222222222';
const message = (notification: unknown, web_push: unknown = 8030) => JSON.stringify({ web_push, notification });

test('a prompt becomes a notification with its topic as tag and its page as target', () => {
  const said = { title: 'A 20-second check-in is ready', navigate: `${ORIGIN}/c/${PROMPT}`, tag: 't1' };
  expect(noticeOf(message(said), ORIGIN)).toEqual({
    title: 'A 20-second check-in is ready',
    body: '',
    tag: 't1',
    path: `/c/${PROMPT}`,
    promptId: PROMPT,
  });
});

test.each<[string, string | null]>([
  ['nothing', null],
  ['an empty text', ''],
  ['no JSON', '{"web_push":'],
  ['another version', message({ title: 'x', navigate: '/' }, 8031)],
  ['no notification', message(null)],
  ['a number', '7'],
])('a push with %s still becomes one neutral notification', (_name, text) => {
  expect(noticeOf(text, ORIGIN)).toMatchObject({ title: 'A short check-in is ready', path: '/', promptId: null });
});

test.each([
  ['https://evil.example/c/1', '/'],
  ['javascript:alert(1)', '/'],
  ['//evil.example/', '/'],
  ['/journal?day=1', '/journal?day=1'],
  [`${ORIGIN}/rhythm`, '/rhythm'],
])('the target %s opens %s', (target, path) => {
  expect(ownPath(target, ORIGIN)).toBe(path);
});

test('titles that are not words are replaced', () => {
  expect(noticeOf(message({ title: { a: 1 }, navigate: '/' }), ORIGIN).title).toBe('A short check-in is ready');
});

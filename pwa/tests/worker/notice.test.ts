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
    testId: null,
  });
});

test('a test that was asked for carries its id, and no other address does', () => {
  const said = (navigate: string) => noticeOf(message({ title: 'x', navigate }), ORIGIN).testId;
  expect(said(`${ORIGIN}/prompts?test=${PROMPT}`)).toBe(PROMPT);
  expect(said(`${ORIGIN}/prompts?test=1&more=2`)).toBeNull();
  expect(said(`/c/${PROMPT}?test=${PROMPT}`)).toBeNull();
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
  [`${ORIGIN}:444/journal`, '/'],
  [`/${'a'.repeat(5000)}`, '/'],
  [7, '/'],
  [['/journal'], '/'],
  [null, '/'],
  [undefined, '/'],
])('the target %j opens %s', (target, path) => {
  expect(ownPath(target, ORIGIN)).toBe(path);
});

test('titles and tags that are not words are replaced', () => {
  const notice = noticeOf(message({ title: { a: 1 }, tag: ['t'], body: 7, navigate: '/' }), ORIGIN);
  expect([notice.title, notice.tag, notice.body]).toEqual(['A short check-in is ready', 'handrail', '']);
});

test('fields that are far too long are cut', () => {
  const long = 'x'.repeat(3000);
  const notice = noticeOf(message({ title: long, tag: long, body: long, navigate: '/' }), ORIGIN);
  expect([notice.title, notice.tag, notice.body].map((words) => words.length)).toEqual([120, 120, 120]);
});

test('a notification carries its target and nothing else that a push brought', () => {
  const said = { title: 't', navigate: '/', data: { answers: 'secret' }, icon: 'https://evil.example/i.png' };
  expect(JSON.stringify(noticeOf(message(said), ORIGIN))).not.toMatch(/secret|evil/);
});

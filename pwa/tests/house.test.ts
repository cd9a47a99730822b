/** Rules about the house itself. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');

/** From the ground up: a room may import from the floors below and from its own. */
const FLOORS = [
  ['wire.ts'],
  ['contract.ts', 'clock.ts'],
  ['store'],
  ['seal'],
  ['api.ts'],
  ['journal', 'pulse'],
  ['push'],
  ['session'],
  ['words.ts', 'parts', 'style'],
  ['screens'],
  ['app.tsx'],
  ['main.tsx'],
];
/** The worker stands beside the screens: it uses these, and nobody uses it. */
const WORKER_USES = ['store', 'seal', 'api.ts', 'journal', 'pulse', 'push', 'worker'];

const files = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(SRC, join(entry.parentPath, entry.name)))
  .sort();
const text = (file: string) => readFileSync(join(SRC, file), 'utf8');
const code = files.filter((file) => /\.tsx?$/.test(file));
const roomOf = (file: string) => file.split('/')[0] ?? '';
const floorOf = (room: string) =>
  FLOORS.findIndex((rooms) => ['', '.ts', '.tsx'].some((end) => rooms.includes(room + end)));

/** The rooms a file imports from, lazily too; its own left out. */
function roomsUsedBy(file: string): string[] {
  const named = [...text(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
  const rooms = named.map((name) => roomOf(relative(SRC, resolve(SRC, dirname(file), name))));
  return rooms.filter((room) => room !== roomOf(file));
}

test('imports go down only', () => {
  const wrong = code
    .filter((file) => roomOf(file) !== 'worker')
    .flatMap((file) => roomsUsedBy(file).map((room) => ({ file, room })))
    .filter(({ file, room }) => floorOf(room) < 0 || floorOf(room) >= floorOf(roomOf(file)))
    .map(({ file, room }) => `${file} imports ${room}`);
  expect(wrong).toEqual([]);
});

test('the worker uses the lower floors only, and nobody uses the worker', () => {
  const workers = code.filter((file) => roomOf(file) === 'worker');
  const used = new Set(workers.flatMap(roomsUsedBy).map((room) => (room === 'api' ? 'api.ts' : room)));
  expect([...used].filter((room) => !WORKER_USES.includes(room))).toEqual([]);
});

test('only api.ts fetches', () => {
  const wrong = code.filter(
    (file) => file !== 'api.ts' && /(?<![.\w])fetch\(|XMLHttpRequest|sendBeacon/.test(text(file)),
  );
  expect(wrong).toEqual([]);
});

test('only clock.ts reads the time', () => {
  const wrong = code.filter(
    (file) => file !== 'clock.ts' && /Date\.now\(|new Date\(\)|performance\.now\(/.test(text(file)),
  );
  expect(wrong).toEqual([]);
});

test('no file is longer than three hundred lines', () => {
  const byHand = files.filter((file) => file !== 'wire.ts');
  const long = byHand.filter((file) => /\.(tsx?|css)$/.test(file) && text(file).split('\n').length > 300);
  expect(long).toEqual([]);
});

test('nothing is written as HTML', () => {
  const wrong = code.filter((file) => /innerHTML|outerHTML|insertAdjacentHTML|document\.write/.test(text(file)));
  expect(wrong).toEqual([]);
});

const page = readFileSync(join(SRC, '../index.html'), 'utf8');

test('the browser’s bar has the colour of the wall, by day and by night', () => {
  const walls = [...text('style/tokens.css').matchAll(/--wall: (#[0-9a-f]{6});/g)].map((match) => match[1]);
  const bars = [...page.matchAll(/name="theme-color" content="(#[0-9A-F]{6})"/g)].map((match) =>
    match[1]?.toLowerCase(),
  );
  expect(bars).toHaveLength(2);
  expect(walls.slice(0, 2)).toEqual(bars);
});

test('the faces of the first paint are asked for with the page', () => {
  const preloaded = [...page.matchAll(/rel="preload"\s+href="(\/fonts\/[^"]+)"/g)].map((match) => match[1] ?? '');
  expect(preloaded).toHaveLength(2);
  for (const font of preloaded) expect(text('style/fonts.css')).toContain(font);
});

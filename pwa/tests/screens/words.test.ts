import { expect, test } from 'vitest';

const modules = import.meta.glob(
  [
    '../../src/words.ts',
    '../../src/parts/words.ts',
    '../../src/screens/**/words.ts',
    '../../src/screens/**/words/*.ts',
    '../../src/screens/*-words.ts',
  ],
  { eager: true },
) as Record<string, Record<string, unknown>>;

/** Every sentence a module can say; functions are asked with a small number and a name, whatever they take. */
function sentences(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') {
    try {
      return sentences(value(2, 5, 'Rita'));
    } catch {
      return sentences(value('Rita', 'Rita', 'Rita'));
    }
  }
  return value && typeof value === 'object' ? Object.values(value).flatMap(sentences) : [];
}

const said = Object.entries(modules).flatMap(([file, module]) =>
  sentences(Object.values(module)).map((sentence) => ({ file, sentence })),
);

test('there are words to look at', () => {
  expect(said.length).toBeGreaterThan(200);
});

test.each(['should', 'score', 'streak', 'well done', 'at risk', 'anonymous', 'missed', 'great job', 'congratul'])(
  'no screen says "%s"',
  (word) => {
    // A shoulder may be tapped.
    const heard = new RegExp(`\\b${word}(?!er\\b)`, 'i');
    expect(said.filter(({ sentence }) => heard.test(sentence))).toEqual([]);
  },
);

test.each(['trace', 'untraceable', 'end-to-end', 'compliant', 'validated', 'no other view', 'join the next release'])(
  'no screen claims "%s", which is not so',
  (claim) => {
    expect(said.filter(({ sentence }) => sentence.toLowerCase().includes(claim))).toEqual([]);
  },
);

test('no screen raises its voice', () => {
  expect(said.filter(({ sentence }) => /!|\b[A-Z]{4,}\b/.test(sentence))).toEqual([]);
});

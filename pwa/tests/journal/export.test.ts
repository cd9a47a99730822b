import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Protocol } from '../../src/contract';
import { type Phone, Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

const P01: Protocol = JSON.parse(readFileSync(resolve(process.cwd(), '../api/library/protocols/P01.json'), 'utf8'));

let server: Server;
let phone: Phone;
const never = new AbortController().signal;
const noMatter = () => {};

beforeEach(async () => {
  server = new Server();
  phone = await new Profile().signIn(server.me);
  await phone.values.keepCached('library', { etag: null, value: { version: '1', protocols: [P01] } });
});

const exit = (more: object) => ({ protocol: 'P01', version: 1, answers: { a: 3, b: [1, 4], ...more } });

async function json(signal = never, onProgress: (part: number) => void = noMatter) {
  const { exportJson } = await import('../../src/journal/export/json');
  return JSON.parse(await (await exportJson(server.me, onProgress, signal)).text());
}

async function csv(): Promise<string> {
  const { exportCsv } = await import('../../src/journal/export/csv');
  const bytes = new Uint8Array(await (await exportCsv(server.me, noMatter, never)).arrayBuffer());
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

test('the JSON holds every entry with what it said before, in values and in words, with no network', async () => {
  const one = await phone.checkins.keepCheckin(exit({ d: 'First words.' }));
  await phone.engine.flush();
  const promptId = '22222222-2222-4222-8222-222222222222';
  await phone.checkins.keepCheckin({ ...exit({ d: 'Better words.' }), revises: { entity: one.id, op: one.opId } });
  const gone = await phone.checkins.keepCheckin(exit({}));
  await phone.checkins.withdrawEntry(gone.id);
  await phone.prompts.keepPromptOutcome(promptId, 'snoozed');
  server.fault = () => new TypeError('no network');
  const all = await json();
  expect(all).toMatchObject({ format: 'handrail-export', version: 1, rhythm: null, shares: [], withdrawn: [gone.id] });
  expect(all.person).toMatchObject({ name: 'Rita', zone: 'America/New_York' });
  expect(all.readme.join(' ')).toContain('seen_by');
  expect(all.prompt_outcomes).toMatchObject([{ prompt_id: promptId, outcome: 'snoozed' }]);
  expect(all.entries).toHaveLength(1);
  expect(all.entries[0]).toMatchObject({ id: one.id, protocol: 'P01', protocol_version: 1, place: 'waiting' });
  expect(all.entries[0].answers).toEqual([
    { item: 'a', text: P01.items[0]?.text, type: 'scale', seen_by: 'group', value: 3, words: 'A lot' },
    {
      item: 'b',
      text: P01.items[1]?.text,
      type: 'chips',
      seen_by: 'group',
      value: [1, 4],
      words: 'A task I left; Tomorrow',
    },
    {
      item: 'd',
      text: P01.items[3]?.text,
      type: 'text',
      seen_by: 'phone',
      value: 'Better words.',
      words: 'Better words.',
    },
  ]);
  expect(all.entries[0].earlier.map((told: { answers: { words: string }[] }) => told.answers[2]?.words)).toEqual([
    'First words.',
  ]);
  expect(all.entries[0].occurred_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[45]:00$/);
  // Written to the second.
  expect(Math.abs(Date.parse(all.entries[0].occurred_at) - Date.parse(one.occurredAt))).toBeLessThan(1000);
});

test('what another phone edited comes with its earlier words too', async () => {
  const one = await phone.checkins.keepCheckin(exit({ d: 'First words.' }));
  await phone.engine.flush();
  const held = await phone.identity.identity();
  const first = phone;
  phone = await new Profile().start();
  await phone.shell.keepMe(server.me);
  await phone.identity.adoptIdentity(held ?? (await first.identity.ensureIdentity()));
  await phone.engine.flush();
  await phone.checkins.keepCheckin({ ...exit({ d: 'Second.' }), revises: { entity: one.id, op: one.opId } });
  await phone.engine.flush();
  const { earlier } = (await json()).entries[0];
  expect(earlier.map((told: { op_id: string }) => told.op_id)).toEqual([one.opId]);
  // Read all over, it is the same story.
  await phone.merge.readAgain();
  await phone.engine.flush();
  expect((await json()).entries[0].earlier).toEqual(earlier);
});

test('a version whose wording is gone keeps its values and claims no words', async () => {
  await phone.checkins.keepCheckin({ ...exit({ d: 'Own words.' }), version: 7 });
  const [entry] = (await json()).entries;
  expect(entry).toMatchObject({ protocol_version: 7, wording_known: false });
  expect(entry.answers).toContainEqual({ item: 'a', text: null, type: null, seen_by: null, value: 3, words: '' });
  expect(entry.answers.at(-1).words).toBe('Own words.');
});

test('the table has a row for each answer, is quoted, and holds no formula', async () => {
  const evil = '=HYPERLINK("http://evil.example","tap"),\nnew line';
  const { id } = await phone.checkins.keepCheckin(exit({ d: evil }));
  const text = await csv();
  expect(text.startsWith('\ufeffentry_id,revision,')).toBe(true);
  const lines = text.slice(1).split('\r\n');
  expect(lines).toHaveLength(5);
  expect(lines[1]).toMatch(new RegExp(`^${id},1,yes,\\d{4}-\\d\\d-\\d\\dT[\\d:]+-0[45]:00,`));
  expect(lines[1]).toMatch(/,a,How much of work is still with you\?,scale,group,3,A lot,waiting$/);
  expect(lines[2]).toContain(',"1;4","A task I left; Tomorrow",');
  expect(lines[3]).toContain(`,"'=HYPERLINK(""http://evil.example"",""tap""),\nnew line",`);
});

test.each(['=1', '+1', '-1', '@a', '\tx', '\rx'])(
  'a cell that begins like %j is kept from being a formula',
  async (text) => {
    const { cell } = await import('../../src/journal/export/csv');
    expect(cell(text).replaceAll('"', '').startsWith("'")).toBe(true);
  },
);

test('five thousand entries are told in pieces, with progress, and can be stopped', async () => {
  const { lock } = await import('../../src/store/cipher');
  const box = await lock({ type: 'checkin', ...tank(5), prompt_id: null, day: '2026-11-19' });
  await phone.database.strict(['journal'], async (tx) => {
    for (let i = 0; i < 5000; i += 1) {
      const id = `${String(i).padStart(8, '0')}-0000-7000-8000-000000000000`;
      const facts = { server_seq: i, withdrawn: false, parked: null, box };
      await tx.objectStore('journal').put({ entity_id: id, op_id: id, occurred_at: '2026-11-19T12:00:00Z', ...facts });
    }
  });
  const parts: number[] = [];
  let turns = 0;
  const beat = setInterval(() => {
    turns += 1;
  });
  expect((await json(never, (part) => parts.push(part))).entries).toHaveLength(5000);
  clearInterval(beat);
  expect(parts.at(-1)).toBe(1);
  expect(parts.length).toBe(5000);
  expect(turns).toBeGreaterThan(5);
  const stop = new AbortController();
  await expect(json(stop.signal, (part) => part > 0.1 && stop.abort())).rejects.toThrow('abort');
}, 60_000);

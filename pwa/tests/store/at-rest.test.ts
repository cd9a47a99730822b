/** What lies on the phone's disk says nothing to somebody who has the files and not the key. */

import { expect, test } from 'vitest';
import { Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

const SAID = { protocol: 'P01', version: 1, answers: { a: 4, d: 'the lift smelled of violets' } };

async function everything(phone: Awaited<ReturnType<Profile['start']>>): Promise<string> {
  const { KEPT_STORES } = await import('../../src/store/schema');
  return phone.database.look([...KEPT_STORES], async (tx) => {
    const found: unknown[] = [];
    for (const name of KEPT_STORES) found.push(name, await tx.objectStore(name).getAll());
    return JSON.stringify(found);
  });
}

test('no store holds an answer, a draft or a sheet in the clear, before or after it was delivered', async () => {
  const server = new Server();
  const phone = await new Profile().signIn(server.me);
  const { patchSheet, sheetRow } = await import('../../src/store/sheets');
  await phone.drafts.keepDraft('P01', { ...SAID, prompt_id: null, skipped: [], at: 'd' });
  await phone.checkins.keepCheckin({ ...SAID, draft: null });
  await phone.checkins.keepCheckin(tank(7));
  const going = { v: 1 as const, c: 4, w: false, a: { 'P01.a': [4] }, s: 'violets' };
  await patchSheet('g1/2026-11', { counter: 4, going: going as never, sent: 'sheet of violets' });
  const waiting = await everything(phone);
  await phone.engine.flush();
  const delivered = await everything(phone);
  for (const kept of [waiting, delivered]) {
    for (const word of ['violets', '"answers"', 'AGE-SECRET', 'P10', 'P01.a']) expect(kept).not.toContain(word);
  }
  const row = await sheetRow('g1/2026-11');
  expect([row.going, row.sent, row.counter]).toEqual([going, 'sheet of violets', 4]);
});

test('a sheet that an earlier version left open is read all the same', async () => {
  const phone = await new Profile().signIn(new Server().me);
  const { freshSheet, sheetRow } = await import('../../src/store/sheets');
  await phone.database.strict(['sheets'], async (tx) => {
    await tx.objectStore('sheets').put({ ...freshSheet('g1/b'), sent: 'as it was' });
  });
  expect((await sheetRow('g1/b')).sent).toBe('as it was');
});

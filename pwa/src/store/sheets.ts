/** The group answers' state per block. What a sheet says is worked out by pulse/ from the journal; here is only its row. */

import type { Block } from '../contract';
import { lock, unlock } from './cipher';
import { look, strict, type Tx } from './database';
import type { Checkin, Locked, SheetKept, SheetRow } from './schema';

export const blockId = (block: { group: string; block: string }): string => `${block.group}/${block.block}`;

export const freshSheet = (id: string): SheetRow => ({
  id,
  counter: 0,
  sent: null,
  going: null,
  box_epoch: null,
  due: false,
  taken_back: false,
  state: 'open',
});

/** Marks the sheets a check-in changes; null means any of them may have changed. */
export async function markSheetsDueIn(tx: Tx<'cache' | 'sheets'>, checkin: Checkin | null): Promise<void> {
  const store = tx.objectStore('sheets');
  const ids = checkin ? await touchedBy(tx, checkin) : await store.getAllKeys();
  const mark = async (id: string) => store.put({ ...((await store.get(id)) ?? freshSheet(id)), due: true });
  await Promise.all(ids.map(mark));
}

async function touchedBy(tx: Tx<'cache'>, { protocol, day }: Checkin): Promise<string[]> {
  const blocks = ((await tx.objectStore('cache').get('blocks')) ?? []) as Block[];
  return blocks.filter((b) => protocol in b.shape && b.open_day <= day && day <= b.end_day).map(blockId);
}

export async function sheetRow(id: string): Promise<SheetRow> {
  const row = await look(['sheets'], async (tx) => (await tx.objectStore('sheets').get(id)) ?? freshSheet(id));
  return { ...row, sent: await opened(row.sent), going: await opened(row.going) };
}

const isLocked = (value: unknown): value is Locked => typeof value === 'object' && value !== null && 'iv' in value;

const opened = async <T>(value: Locked | T): Promise<T> => (isLocked(value) ? unlock<T>(value) : value);

/** Changes some facts of a row and leaves the others, which another tab may have changed meanwhile. */
export async function patchSheet(id: string, facts: Partial<Omit<SheetRow, 'id'>>): Promise<void> {
  const { sent, going, ...plain } = facts;
  const said: Partial<Pick<SheetKept, 'sent' | 'going'>> = {};
  if (sent !== undefined) said.sent = sent && (await lock(sent));
  if (going !== undefined) said.going = going && (await lock(going));
  await strict(['sheets'], async (tx) => {
    const row: SheetKept = (await tx.objectStore('sheets').get(id)) ?? freshSheet(id);
    await tx.objectStore('sheets').put({ ...row, ...plain, ...said });
  });
}

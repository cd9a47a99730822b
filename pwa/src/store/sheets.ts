/** The group answers' state per block. What a sheet says is worked out by pulse/ from the journal; here is only its row. */

import type { Block } from '../contract';
import { look, strict, type Tx } from './database';
import type { Checkin, SheetRow } from './schema';

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

export const sheetRow = (id: string): Promise<SheetRow> =>
  look(['sheets'], async (tx) => (await tx.objectStore('sheets').get(id)) ?? freshSheet(id));

/** Changes some facts of a row and leaves the others, which another tab may have changed meanwhile. */
export const patchSheet = (id: string, facts: Partial<Omit<SheetRow, 'id'>>): Promise<void> =>
  strict(['sheets'], async (tx) => {
    const row = (await tx.objectStore('sheets').get(id)) ?? freshSheet(id);
    await tx.objectStore('sheets').put({ ...row, ...facts });
  });

/** Unsent items leaving the phone in a file of the person's own, and coming back from one. */

import type { Id, Instant, OpKind } from '../contract';
import { tell } from './changes';
import { lock, unlock } from './cipher';
import { look, strict, type Tx } from './database';
import { nextSeq } from './device';
import { replaced } from './merge';
import type { Checkin, JournalRow, Locked, OutboxRow } from './schema';
import { markSheetsDueIn } from './sheets';

/** One item as a rescue file holds it: what it says is open there, because the whole file is sealed. */
export interface Rescued {
  op_id: Id;
  entity_id: Id;
  kind: OpKind;
  base: Id | null;
  occurred_at: Instant;
  cargo: 'checkin' | 'prompt';
  /** The check-in; null for a withdrawal and for what was said to a prompt. */
  checkin: Checkin | null;
  /** What was said to a prompt, as it will be sent; '' for a withdrawal, null for a check-in. */
  body: string | null;
}

/** What is in the outbox and what the server set aside. Records of the group's blocks hold no answer and stay out. */
export async function unsentItems(open: (body: string) => Promise<unknown>): Promise<Rescued[]> {
  const [rows, parked] = await look(['outbox', 'journal', 'kept'], async (tx) => {
    const entries = (await tx.objectStore('journal').getAll()).filter((row) => row.parked !== null && row.box);
    const aside = [];
    for (const entry of entries) aside.push({ entry, op: (await tx.objectStore('kept').get(entry.op_id))?.op });
    return [await tx.objectStore('outbox').index('seq').getAll(), aside] as const;
  });
  const items: Rescued[] = [];
  for (const row of rows) if (row.cargo !== 'token') items.push(await itemOf(row, open));
  for (const { entry, op } of parked) {
    const { op_id, entity_id, occurred_at, box } = entry;
    const checkin = await unlock<Checkin>(box as Locked);
    const { kind, base } = op ?? { kind: 'create' as const, base: null };
    items.push({ op_id, entity_id, kind, base, occurred_at, cargo: 'checkin', checkin, body: null });
  }
  return items;
}

async function itemOf(row: OutboxRow, open: (body: string) => Promise<unknown>): Promise<Rescued> {
  const { op_id, entity_id, kind, base, occurred_at } = row;
  const facts = { op_id, entity_id, kind, base, occurred_at };
  if (row.cargo === 'prompt' || kind === 'withdraw') {
    return { ...facts, cargo: row.cargo === 'prompt' ? 'prompt' : 'checkin', checkin: null, body: row.body ?? '' };
  }
  const checkin = (row.plain ? await unlock(row.plain) : await open(row.body ?? '')) as Checkin;
  return { ...facts, cargo: 'checkin', checkin, body: null };
}

type BackTx = Tx<'settings' | 'outbox' | 'journal' | 'kept' | 'cache' | 'sheets'>;

/** Puts items back into the queue and the journal; those known here already are left as they are. Counts both. */
export async function putItemsBack(items: Rescued[]): Promise<{ back: number; there: number }> {
  const boxes = new Map<Id, Locked>();
  for (const item of items) if (item.checkin) boxes.set(item.op_id, await lock(item.checkin));
  const count = await strict(['settings', 'outbox', 'journal', 'kept', 'cache', 'sheets'], async (tx) => {
    let back = 0;
    for (const item of items) if (await putOneBack(tx, item, boxes.get(item.op_id) ?? null)) back += 1;
    if (back > 0) await markSheetsDueIn(tx, null);
    return back;
  });
  tell('journal', 'outbox', 'sheets');
  return { back: count, there: items.length - count };
}

/** False when this phone has the item, or something newer in its place. */
async function putOneBack(tx: BackTx, item: Rescued, box: Locked | null): Promise<boolean> {
  const { op_id, entity_id, kind, base, occurred_at, cargo } = item;
  if ((await tx.objectStore('outbox').get(op_id)) || (await tx.objectStore('kept').get(op_id))) return false;
  if (cargo === 'checkin') {
    const entry = await tx.objectStore('journal').get(entity_id);
    if (entry && (kind === 'create' || entry.withdrawn || has(entry, op_id))) return false;
    await tx.objectStore('journal').put(entryOf(item, entry, box));
  }
  const row = { op_id, entity_id, kind, base, occurred_at, cargo, body: item.body };
  await tx.objectStore('outbox').put({ ...row, plain: box, restamped: true, ...(await nextSeq(tx)) });
  return true;
}

const has = (entry: JournalRow, op_id: Id): boolean =>
  entry.op_id === op_id || (entry.earlier ?? []).some((one) => one.op_id === op_id);

function entryOf(item: Rescued, before: JournalRow | undefined, box: Locked | null): JournalRow {
  const { op_id, entity_id, occurred_at } = item;
  const row = { entity_id, op_id, server_seq: null, parked: null, occurred_at: before?.occurred_at ?? occurred_at };
  if (!box) return { ...row, withdrawn: true, box: null };
  return { ...row, revised_at: occurred_at, withdrawn: false, box, earlier: before ? replaced(before) : [] };
}

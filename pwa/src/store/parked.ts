/** What the server set aside: its text is intact here, and the person says what becomes of it. */

import type { Id } from '../contract';
import { tell } from './changes';
import { strict, type Tx } from './database';
import { letGoIn, nextSeq } from './device';
import { newOpId } from './ids';
import type { JournalRow } from './schema';
import { markSheetsDueIn } from './sheets';

const STORES = ['settings', 'outbox', 'journal', 'kept', 'cache', 'sheets'] as const;
type ParkedTx = Tx<(typeof STORES)[number]>;

/** Sends the same words as a new entry of the same moment. Null when the entry is not set aside any more. */
export async function putBackParked(entity: Id): Promise<Id | null> {
  const id = newOpId();
  const done = await resolve(entity, async (tx, { occurred_at, box }) => {
    const op = { op_id: newOpId(), entity_id: id, occurred_at };
    const facts = { kind: 'create' as const, base: null, cargo: 'checkin' as const, plain: box, body: null };
    await tx.objectStore('outbox').put({ ...op, ...facts, ...(await nextSeq(tx)) });
    await tx.objectStore('journal').put({ ...op, server_seq: null, withdrawn: false, parked: null, box });
  });
  return done ? id : null;
}

/** Forgets the words for good. */
export const discardParked = (entity: Id): Promise<boolean> => resolve(entity, async () => {});

async function resolve(entity: Id, work: (tx: ParkedTx, row: JournalRow) => Promise<void>): Promise<boolean> {
  const done = await strict([...STORES], async (tx) => {
    const row = await tx.objectStore('journal').get(entity);
    if (!row || row.withdrawn || !(await needsLook(tx, row))) return false;
    await work(tx, row);
    await unpark(tx, row);
    await markSheetsDueIn(tx, null);
    return true;
  });
  tell('journal', 'outbox', 'sheets');
  return done;
}

/** Set aside by the server, or vanished from the queue before any server had it. */
async function needsLook(tx: ParkedTx, { parked, server_seq, op_id }: JournalRow): Promise<boolean> {
  if (parked !== null) return true;
  const known = (await tx.objectStore('outbox').get(op_id)) ?? (await tx.objectStore('kept').get(op_id));
  return server_seq === null && known === undefined;
}

/** The entry is again what it was before the edit that was set aside; gone, when it was never anything else. */
async function unpark(tx: ParkedTx, row: JournalRow): Promise<void> {
  const last = row.earlier?.at(-1);
  const journal = tx.objectStore('journal');
  if (!last) await journal.delete(row.entity_id);
  else {
    const { op_id, occurred_at: revised_at, box } = last;
    await journal.put({
      ...row,
      op_id,
      revised_at,
      box,
      earlier: row.earlier?.slice(0, -1),
      parked: null,
      server_seq: 0,
    });
  }
  const kept = await tx.objectStore('kept').get(row.op_id);
  if (!kept) return;
  await tx.objectStore('kept').delete(row.op_id);
  await letGoIn(tx, [kept.op]);
}

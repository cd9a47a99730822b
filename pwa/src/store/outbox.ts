/** Ops on their way: what is still to send, what each answer means for the op, what is kept in case of a restore. */

import { now } from '../clock';
import type { Id, Op, OpResult, SyncAnswer } from '../contract';
import { look, strict, type Tx } from './database';
import { deviceIn, letGoIn, nextSeq } from './device';
import { newOpId } from './ids';
import type { Cargo, OutboxRow, SyncRow } from './schema';

/** Longer than the server's backups live, so that a restore from any of them finds the ops on a phone. */
const KEPT_MS = 45 * 86_400_000;

export const freshSync = (): SyncRow => ({
  epoch: null,
  cursor: null,
  holes: [],
  unopened: [],
  to_offer: null,
});

/** Unsent ops in the order of their sequence. */
export const outboxRows = (): Promise<OutboxRow[]> =>
  look(['outbox'], (tx) => tx.objectStore('outbox').index('seq').getAll());

/** Writes a sealed body back before it is sent; returns the bytes that count when two tabs sealed at once. */
export const keepBody = (op_id: Id, body: string): Promise<string | null> =>
  strict(['outbox'], async (tx) => {
    const row = await tx.objectStore('outbox').get(op_id);
    if (!row) return null;
    if (row.body !== null) return row.body;
    await tx.objectStore('outbox').put({ ...row, body, plain: null });
    return body;
  });

type SettleTx = Tx<'outbox' | 'kept' | 'journal' | 'tokens'>;

async function end(tx: SettleTx, op: Op, cargo: Cargo, result: OpResult): Promise<void> {
  await tx.objectStore('outbox').delete(op.op_id);
  await tx.objectStore('kept').put({ op_id: op.op_id, entity_id: op.entity_id, op, cargo, at: now() });
  const row = await tx.objectStore('journal').get(op.entity_id);
  if (row?.op_id === op.op_id) {
    const parked = result.status === 'parked' ? (result.reason ?? 'unknown') : null;
    await tx.objectStore('journal').put({ ...row, server_seq: result.server_seq ?? 0, parked });
  }
  if (cargo === 'token') {
    for (const token of await tx.objectStore('tokens').getAll()) {
      if (token.entity_id !== op.entity_id || op.kind === 'withdraw') continue;
      await tx.objectStore('tokens').put({ ...token, server_seq: result.server_seq ?? 0 });
    }
  }
}

/** The id is taken by other content: ours goes again under a new id, and the stored copy stays as it is. */
async function renew(tx: SettleTx, row: OutboxRow): Promise<void> {
  const op_id = newOpId();
  await tx.objectStore('outbox').delete(row.op_id);
  await tx.objectStore('outbox').put({ ...row, op_id });
  const entry = await tx.objectStore('journal').get(row.entity_id);
  if (entry?.op_id === row.op_id) await tx.objectStore('journal').put({ ...entry, op_id });
}

/** What the results ask of the engine beyond the outbox. */
export interface Aftermath {
  /** Another copy of this profile writes under our device id. */
  forked: boolean;
  /** The session belongs to another person than these ops. */
  notOurs: boolean;
  /** The server does not yet know the version of some op. */
  later: boolean;
  /** Ops that need not be sent again. */
  ended: number;
}

/**
 * Takes in the per-op results of one exchange, in one transaction. The worker, which cannot act on a server that fell
 * back, leaves the remembered position for the page to compare.
 */
export const settleResults = (sent: Op[], answer: SyncAnswer, position = true): Promise<Aftermath> =>
  strict(['outbox', 'kept', 'journal', 'tokens', 'settings'], async (tx) => {
    const after: Aftermath = { forked: false, notOurs: false, later: false, ended: 0 };
    const byId = new Map(sent.map((op) => [op.op_id, op]));
    for (const result of answer.results) {
      // An answer without an id is for an op the server could not read; ours all have one.
      const op = result.op_id === null ? undefined : byId.get(result.op_id);
      const row = op && (await tx.objectStore('outbox').get(op.op_id));
      if (!op || !row) continue;
      if (result.status === 'applied' || result.status === 'dup' || result.status === 'parked') {
        await end(tx, op, row.cargo, result);
        after.ended += 1;
      } else if (result.status === 'conflict' && row.restamped) {
        // The server has it from another copy of this phone, under the id it was first written with.
        await end(tx, op, row.cargo, result);
        await letGoIn(tx, [op]);
        after.ended += 1;
      } else if (result.status === 'conflict') await renew(tx, row);
      else if (result.status === 'fork') after.forked = true;
      else if (result.status === 'later') after.later = true;
      else after.notOurs = true;
    }
    if (position) await keepPosition(tx, answer);
    await forgetOld(tx);
    return after;
  });

/**
 * The device's line on the server. A line shorter than it was, or one that lacks what was acked, means a restore without
 * a new epoch; that it happened is written down with the new line, for the line alone would not show it any more.
 */
async function keepPosition(tx: Tx<'outbox' | 'kept' | 'settings'>, answer: SyncAnswer): Promise<void> {
  const device = await deviceIn(tx);
  const settings = tx.objectStore('settings');
  const sync = ((await settings.get('sync')) ?? freshSync()) as SyncRow;
  const mine = (op: { device_id: Id }) => op.device_id === device.device_id;
  const coming = new Set((await tx.objectStore('outbox').getAll()).filter(mine).map((op) => op.seq));
  const gaps = answer.holes.filter((seq) => !coming.has(seq) && !device.let_go.includes(seq));
  const acked = gaps.length > 0 ? await ackedSeqs(tx, device.device_id) : new Set();
  const lost = answer.acked_through < device.acked_through || gaps.some((seq) => acked.has(seq));
  const holes = gaps.filter((seq) => !acked.has(seq));
  await settings.put({ ...sync, holes, to_offer: lost ? newOpId() : sync.to_offer }, 'sync');
  await settings.put({ ...device, acked_through: answer.acked_through }, 'device');
}

/** What the server once had of this device; a gap there is not something that never arrived. */
async function ackedSeqs(tx: Tx<'kept'>, device_id: Id): Promise<Set<number>> {
  const rows = await tx.objectStore('kept').getAll();
  return new Set(rows.filter((row) => row.op.device_id === device_id).map((row) => row.op.seq));
}

async function forgetOld(tx: Tx<'kept'>): Promise<void> {
  const old = IDBKeyRange.upperBound(now() - KEPT_MS);
  for (const key of await tx.objectStore('kept').index('at').getAllKeys(old)) await tx.objectStore('kept').delete(key);
}

export const keptIds = (): Promise<Id[]> => look(['kept'], (tx) => tx.objectStore('kept').getAllKeys());

/**
 * Puts kept ops back on their way and ends the offer they were asked for. They go byte for byte as they were, except
 * those of a former id of this device, which the restored server may not know: they keep their op id and take this
 * device's next number. Ids not kept any more are left out; an offer that became due meanwhile stays due.
 */
export const sendAgain = (ids: Id[], offer: Id): Promise<void> =>
  strict(['kept', 'outbox', 'settings'], async (tx) => {
    for (const id of ids) {
      const kept = await tx.objectStore('kept').get(id);
      if (!kept || (await tx.objectStore('outbox').get(id))) continue;
      const { proto: _proto, mac: _mac, ...op } = kept.op;
      const { device_id } = await deviceIn(tx);
      const stamp = op.device_id === device_id ? {} : { ...(await nextSeq(tx)), restamped: true as const };
      await tx.objectStore('outbox').put({ ...op, ...stamp, cargo: kept.cargo, plain: null });
    }
    const sync = (await tx.objectStore('settings').get('sync')) as SyncRow | undefined;
    if (sync?.to_offer === offer) await tx.objectStore('settings').put({ ...sync, to_offer: null }, 'sync');
  });

/** Ops on their way: what is still to send, what each answer means for the op, what is kept in case of a restore. */

import { now } from '../clock';
import type { Delivered, Id, Op, OpResult, SyncAnswer } from '../contract';
import { inPages, look, strict, type Tx } from './database';
import { deviceIn, letGoIn, nextSeq } from './device';
import { newOpId } from './ids';
import type { Cargo, Lost, OutboxRow, SyncRow } from './schema';

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

const DAY_MS = 86_400_000;

/** Held for a day; a clock that was set back or ahead by more than that ends it too. */
const isHeld = (row: OutboxRow): boolean => row.held !== undefined && Math.abs(now() - row.held) < DAY_MS;

/** The first ops that may go, in the order of their sequence: those held are passed over, so that others get through. */
export const nextRows = (most: number): Promise<OutboxRow[]> =>
  look(['outbox'], async (tx) => {
    const found: OutboxRow[] = [];
    await inPages(
      tx.objectStore('outbox').index('seq'),
      (row) => row.seq,
      (page) => {
        found.push(...page.filter((row) => !isHeld(row)));
        return found.length < most;
      },
    );
    return found.slice(0, most);
  });

export const outboxCount = (): Promise<number> => look(['outbox'], (tx) => tx.objectStore('outbox').count());

/** Changes what the rows of these ops say; ops that left the outbox meanwhile stay away. */
const patchRows = (ids: Id[], patch: (row: OutboxRow) => OutboxRow): Promise<void> =>
  strict(['outbox'], async (tx) => {
    for (const id of ids) {
      const row = await tx.objectStore('outbox').get(id);
      if (row) await tx.objectStore('outbox').put(patch(row));
    }
  });

/** Writes sealed bodies back before they are sent; where two tabs sealed at once, the bytes that came first count. */
export const keepBodies = (sealed: Map<Id, string>): Promise<void> =>
  patchRows([...sealed.keys()], (row) =>
    row.body === null ? { ...row, body: sealed.get(row.op_id) ?? null, plain: null } : row,
  );

/** Ops that cannot go for now, so that what was saved after them can. */
export const hold = (ids: Id[]): Promise<void> => patchRows(ids, (row) => ({ ...row, held: now() }));

/** Everything may be tried again: the app was started anew, perhaps as a newer version, or the person asked for it. */
export async function holdNothing(): Promise<void> {
  const rows = (await outboxRows()).filter((row) => row.held !== undefined);
  if (rows.length === 0) return;
  await patchRows(
    rows.map((row) => row.op_id),
    ({ held: _held, ...row }) => row,
  );
}

type SettleTx = Tx<'outbox' | 'kept' | 'journal' | 'tokens'>;

async function end(tx: SettleTx, op: Op, cargo: Cargo, result: OpResult, at: number): Promise<void> {
  await tx.objectStore('outbox').delete(op.op_id);
  await tx.objectStore('kept').put({ op_id: op.op_id, entity_id: op.entity_id, op, cargo, at });
  const row = await tx.objectStore('journal').get(op.entity_id);
  // Delivered under the phone's own secret, its place is not told: it is later than all that arrives before it.
  const place = result.server_seq ?? (result.status === 'parked' || result.status === 'conflict' ? 0 : null);
  if (row?.op_id === op.op_id) {
    const parked = result.status === 'parked' ? (result.reason ?? 'unknown') : null;
    await tx.objectStore('journal').put({ ...row, server_seq: place, parked });
  }
  if (cargo === 'token') {
    for (const token of await tx.objectStore('tokens').getAll()) {
      if (token.entity_id !== op.entity_id || op.kind === 'withdraw') continue;
      await tx.objectStore('tokens').put({ ...token, server_seq: place });
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

/** What is told of sent ops: by an exchange, or by a delivery under the phone's own secret, which tells results only. */
type Told = SyncAnswer | (Delivered & { server_now?: undefined });

const isWhole = (answer: Told): answer is SyncAnswer => 'holes' in answer;

/** What the results ask of the engine beyond the outbox. */
export interface Aftermath {
  /** Another copy of this profile writes under our device id. */
  forked: boolean;
  /** The session belongs to another person than these ops. */
  notOurs: boolean;
  /** Ops that are not sent again, or not before the next start. */
  ended: number;
}

/**
 * Takes in the per-op results of one exchange, in one transaction. The worker, which cannot act on a server that fell
 * back, leaves the remembered position for the page to compare.
 */
export const settleResults = (sent: Op[], answer: Told, position = true): Promise<Aftermath> =>
  strict(['outbox', 'kept', 'journal', 'tokens', 'settings'], async (tx) => {
    const after: Aftermath = { forked: false, notOurs: false, ended: 0 };
    const byId = new Map(sent.map((op) => [op.op_id, op]));
    const at = serverTime(answer);
    const { device_id } = await deviceIn(tx);
    for (const result of answer.results) {
      // An answer without an id is for an op the server could not read; ours all have one.
      const op = result.op_id === null ? undefined : byId.get(result.op_id);
      const row = op && (await tx.objectStore('outbox').get(op.op_id));
      if (!op || !row) continue;
      if (result.status === 'applied' || result.status === 'dup' || result.status === 'parked') {
        await end(tx, op, row.cargo, result, at);
        after.ended += 1;
      } else if (result.status === 'conflict' && row.restamped) {
        // The server has it from another copy of this phone, under the id it was first written with.
        await end(tx, op, row.cargo, result, at);
        await letGoIn(tx, [op]);
        after.ended += 1;
      } else if (result.status === 'conflict') await renew(tx, row);
      else if (result.status === 'later') {
        await tx.objectStore('outbox').put({ ...row, held: now() });
        after.ended += 1;
      } else if (op.device_id !== device_id) await restamp(tx, row);
      else if (result.status === 'fork') after.forked = true;
      else after.notOurs = true;
    }
    if (position && isWhole(answer) && (await keepPosition(tx, answer))) after.forked = true;
    await forgetOld(tx, at);
    return after;
  });

/** An op of another device, offered after a restore to a server that forgot that device: it goes under this one's name. */
async function restamp(tx: Tx<'outbox' | 'settings'>, row: OutboxRow): Promise<void> {
  await tx.objectStore('outbox').put({ ...row, ...(await nextSeq(tx)), restamped: true });
}

/** Milliseconds since 1970: the server's clock decides how long something is kept, for this phone's may jump. */
const serverTime = (answer: Told): number => Date.parse(answer.server_now ?? '') || now();

/**
 * The device's line on the server. A line shorter than it was, or one that lacks what was acked, means a restore without
 * a new epoch; that it happened is written down with the new line, for the line alone would not show it any more. A line
 * that speaks of numbers not used yet means that this store is an old copy: true, and the numbers must not be used.
 */
async function keepPosition(tx: Tx<'outbox' | 'kept' | 'settings'>, answer: SyncAnswer): Promise<boolean> {
  const device = await deviceIn(tx);
  const settings = tx.objectStore('settings');
  const sync = ((await settings.get('sync')) ?? freshSync()) as SyncRow;
  const used = Math.max(answer.acked_through, ...answer.holes);
  if (used >= device.next_seq) {
    await settings.put({ why: 'set-back', waiting: null } satisfies Lost, 'lost');
    return true;
  }
  const coming = answer.holes.length > 0 ? await comingSeqs(tx, device.device_id) : new Set();
  const gaps = answer.holes.filter((seq) => !coming.has(seq) && !device.let_go.includes(seq));
  const acked = gaps.length > 0 ? await ackedSeqs(tx, device.device_id) : new Set();
  const lost = answer.acked_through < device.acked_through || gaps.some((seq) => acked.has(seq));
  const holes = gaps.filter((seq) => !acked.has(seq));
  await settings.put({ ...sync, holes, to_offer: lost ? newOpId() : sync.to_offer }, 'sync');
  await settings.put({ ...device, acked_through: answer.acked_through }, 'device');
  return false;
}

async function comingSeqs(tx: Tx<'outbox'>, device_id: Id): Promise<Set<number>> {
  const rows = await tx.objectStore('outbox').getAll();
  return new Set(rows.filter((row) => row.device_id === device_id).map((row) => row.seq));
}

/** What the server once had of this device; a gap there is not something that never arrived. */
async function ackedSeqs(tx: Tx<'kept'>, device_id: Id): Promise<Set<number>> {
  const rows = await tx.objectStore('kept').getAll();
  return new Set(rows.filter((row) => row.op.device_id === device_id).map((row) => row.op.seq));
}

async function forgetOld(tx: Tx<'kept'>, at: number): Promise<void> {
  const old = IDBKeyRange.upperBound(at - KEPT_MS);
  for (const key of await tx.objectStore('kept').index('at').getAllKeys(old)) await tx.objectStore('kept').delete(key);
}

export const keptIds = (): Promise<Id[]> => look(['kept'], (tx) => tx.objectStore('kept').getAllKeys());

/**
 * Puts kept ops back on their way and ends the offer they were asked for. They go byte for byte as they were, those of
 * another device or a former id of this one too; the server's answer tells when it forgot that device. Ids not kept any
 * more are left out; an offer that became due meanwhile stays due.
 */
export const sendAgain = (ids: Id[], offer: Id): Promise<void> =>
  strict(['kept', 'outbox', 'settings'], async (tx) => {
    for (const id of ids) {
      const kept = await tx.objectStore('kept').get(id);
      if (!kept || (await tx.objectStore('outbox').get(id))) continue;
      const { proto: _proto, mac: _mac, ...op } = kept.op;
      await tx.objectStore('outbox').put({ ...op, restamped: true, cargo: kept.cargo, plain: null });
    }
    const sync = (await tx.objectStore('settings').get('sync')) as SyncRow | undefined;
    if (sync?.to_offer === offer) await tx.objectStore('settings').put({ ...sync, to_offer: null }, 'sync');
  });

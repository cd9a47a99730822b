/** Puts what other devices wrote into this phone's journal. Revisions count by server_seq; a withdrawal is for good. */

import type { Id, Op } from '../contract';
import { tell } from './changes';
import { strict, type Tx } from './database';
import { letGoIn } from './device';
import { newOpId } from './ids';
import { freshSync } from './outbox';
import type { Earlier, JournalRow, Locked, SyncRow } from './schema';
import { markSheetsDueIn } from './sheets';
import { adoptTokenIn, type TokenBody } from './tokens';

/** One op from the server, with its body made ready before the transaction. */
export interface Arrival {
  server_seq: number;
  op: Op;
  /** `none`: nothing to read (a withdrawal, or wiped by one); `closed`: it could not be opened. */
  cargo: { kind: 'checkin'; box: Locked } | { kind: 'token'; body: TokenBody } | { kind: 'none' } | { kind: 'closed' };
}

type MergeTx = Tx<'journal' | 'kept' | 'tokens' | 'outbox' | 'settings'>;

/** Merges a page of changes that came at `at` and moves the cursor past it, in one transaction. */
export async function mergeArrivals(arrivals: Arrival[], epoch: string, cursor: string, at: number): Promise<void> {
  await strict(['journal', 'kept', 'tokens', 'outbox', 'settings', 'cache', 'sheets'], async (tx) => {
    const unopened: Id[] = [];
    for (const arrival of arrivals) {
      if (arrival.cargo.kind === 'closed') unopened.push(arrival.op.op_id);
      else await mergeOne(tx, arrival, at);
    }
    const settings = tx.objectStore('settings');
    const sync = ((await settings.get('sync')) ?? freshSync()) as SyncRow;
    const all = [...new Set([...sync.unopened, ...unopened])];
    await settings.put({ ...sync, epoch, cursor, unopened: all }, 'sync');
    if (arrivals.length > 0) await markSheetsDueIn(tx, null);
  });
  if (arrivals.length > 0) tell('journal', 'sheets');
}

async function mergeOne(tx: MergeTx, { server_seq, op, cargo }: Arrival, at: number): Promise<void> {
  if (cargo.kind === 'token') return adoptTokenIn(tx, cargo.body, op.entity_id, server_seq);
  const journal = tx.objectStore('journal');
  const row = await journal.get(op.entity_id);
  const base = { entity_id: op.entity_id, op_id: op.op_id, server_seq, occurred_at: op.occurred_at, parked: null };
  if (op.kind === 'withdraw') {
    await journal.put({ ...base, occurred_at: row?.occurred_at ?? op.occurred_at, withdrawn: true, box: null });
    await wipeKept(tx, op);
    // Every device that saw a withdrawal can bring it back after a restore; it holds nothing but that fact.
    await tx.objectStore('kept').put({ op_id: op.op_id, entity_id: op.entity_id, op, cargo: 'checkin', at });
  } else if (row?.op_id === op.op_id) {
    if (row.server_seq !== server_seq) await journal.put({ ...row, server_seq });
  } else if (cargo.kind === 'checkin' && !row?.withdrawn && (!row || isOlder(row.server_seq, server_seq))) {
    const occurred_at = row?.occurred_at ?? op.occurred_at;
    const earlier = row ? replaced(row).filter((one) => one.op_id !== op.op_id) : [];
    const facts = { occurred_at, revised_at: op.occurred_at, withdrawn: false, box: cargo.box, earlier };
    await journal.put({ ...base, ...facts });
  }
}

/** Every revision of an entry so far, each once, as those a new one replaces. */
export function replaced({ op_id, occurred_at, revised_at, box, earlier = [] }: JournalRow): Earlier[] {
  const before = earlier.filter((one) => one.op_id !== op_id);
  return box ? [...before, { op_id, occurred_at: revised_at ?? occurred_at, box }] : before;
}

/** A row with null was written here and will get a later number than anything that arrives now. */
const isOlder = (mine: number | null, theirs: number) => mine !== null && mine < theirs;

async function wipeKept(tx: MergeTx, withdrawal: Op): Promise<void> {
  const kept = tx.objectStore('kept');
  const ops = (await kept.index('entity').getAll(withdrawal.entity_id)).map((row) => row.op);
  const wiped = ops.filter((op) => op.op_id !== withdrawal.op_id);
  for (const op of wiped) await kept.delete(op.op_id);
  await letGoIn(tx, wiped);
}

/**
 * A new epoch numbers anew: what this phone holds counts as older than whatever arrives. That the kept ops are still to
 * offer is written down with the epoch: once it is known, nothing else would tell that they are.
 */
export const beginEpoch = (epoch: string): Promise<void> =>
  strict(['journal', 'tokens', 'settings', 'kept'], async (tx) => {
    const journal = tx.objectStore('journal');
    for (const row of await journal.getAll()) if (row.server_seq !== null) await journal.put({ ...row, server_seq: 0 });
    const tokens = tx.objectStore('tokens');
    for (const row of await tokens.getAll()) if (row.server_seq !== null) await tokens.put({ ...row, server_seq: 0 });
    const sync = ((await tx.objectStore('settings').get('sync')) ?? freshSync()) as SyncRow;
    const to_offer = (await tx.objectStore('kept').count()) > 0 ? newOpId() : sync.to_offer;
    await tx.objectStore('settings').put({ ...sync, epoch, cursor: null, to_offer }, 'sync');
  });

/** Reads the whole stream again at the next exchange: after a key was recovered, what stayed closed may open. */
export const readAgain = (): Promise<void> =>
  strict(['settings'], async (tx) => {
    const sync = ((await tx.objectStore('settings').get('sync')) ?? freshSync()) as SyncRow;
    await tx.objectStore('settings').put({ ...sync, cursor: null, unopened: [] }, 'sync');
  });

/** Throwing away what was never delivered, because the person asked for exactly that. Delivered entries stay. */

import type { Id } from '../contract';
import { tell } from './changes';
import { strict, type Tx } from './database';
import { letGoIn } from './device';
import { freshSync } from './outbox';
import type { OutboxRow, SyncRow } from './schema';
import { markSheetsDueIn } from './sheets';
import { alone } from './turn';

/**
 * Discards unsent check-ins, edits, withdrawals and what was said to prompts, and every draft, for good. An edit or a
 * withdrawal of something delivered leaves what was delivered, which is read back from the server. Records of the
 * group's blocks stay in the queue: they hold no answer, and without them the block is lost.
 */
export async function discardUnsent(): Promise<void> {
  await alone(() =>
    strict(['outbox', 'journal', 'drafts', 'settings', 'cache', 'sheets'], async (tx) => {
      const ops = (await tx.objectStore('outbox').index('seq').getAll()).filter((op) => op.cargo !== 'token');
      for (const op of ops) await tx.objectStore('outbox').delete(op.op_id);
      // The server will report these numbers as missing; the phone knows that nothing was lost.
      await letGoIn(tx, ops);
      await dropEntriesIn(tx, ops);
      await tx.objectStore('drafts').clear();
      await markSheetsDueIn(tx, null);
    }),
  );
  tell('journal', 'outbox', 'drafts', 'prompts', 'sheets');
}

async function dropEntriesIn(tx: Tx<'journal' | 'settings'>, ops: OutboxRow[]): Promise<void> {
  const touched = new Set<Id>();
  const made = new Set<Id>();
  for (const op of ops) {
    if (op.cargo !== 'checkin') continue;
    touched.add(op.entity_id);
    if (op.kind === 'create' && !op.restamped) made.add(op.entity_id);
  }
  for (const id of touched) await tx.objectStore('journal').delete(id);
  if (touched.size === made.size) return;
  const settings = tx.objectStore('settings');
  const sync = ((await settings.get('sync')) ?? freshSync()) as SyncRow;
  await settings.put({ ...sync, cursor: null }, 'sync');
}

/** Saving a check-in, editing it, taking it back. The one door for the screen and for the notification. */

import { dayIn, nowInstant } from '../clock';
import type { Answers, Id } from '../contract';
import { tell } from './changes';
import { lock } from './cipher';
import { strict, unwaited } from './database';
import { letGoIn, nextSeq } from './device';
import { endDraft } from './drafts';
import { newOpId } from './ids';
import { zoneOfMe } from './person';
import { settlePromptIn } from './prompts';
import type { Checkin, JournalRow, OutboxRow } from './schema';
import { markSheetsDueIn } from './sheets';

export interface CheckinInput {
  protocol: string;
  version: number;
  answers: Answers;
  /** The prompt this answers; null for a check-in started by hand. */
  promptId?: Id | null;
  /** The draft to remove; usually what `draftKey` gives. */
  draft?: string | null;
  /** An earlier check-in this replaces. */
  revises?: { entity: Id; op: Id } | null;
}

/** What the screen can show at once, before anything is read back. */
export interface Kept {
  id: Id;
  opId: Id;
  occurredAt: string;
  checkin: Checkin;
}

const STORES = ['settings', 'outbox', 'journal', 'drafts', 'cache', 'sheets'] as const;

/** Resolves when the check-in is on this phone's disk: journal, outbox, sheet mark and prompt outcome, or none of them. */
export async function keepCheckin(input: CheckinInput): Promise<Kept> {
  if (input.draft) endDraft(input.draft);
  const occurredAt = nowInstant();
  const checkin: Checkin = {
    type: 'checkin',
    v: 1,
    protocol: input.protocol,
    version: input.version,
    answers: input.answers,
    prompt_id: input.promptId ?? null,
    day: dayIn(await zoneOfMe()),
  };
  const kept = { id: input.revises?.entity ?? newOpId(), opId: newOpId(), occurredAt, checkin };
  const box = await lock(checkin);
  const row: Omit<OutboxRow, 'device_id' | 'seq'> = {
    op_id: kept.opId,
    entity_id: kept.id,
    kind: input.revises ? 'revise' : 'create',
    base: input.revises?.op ?? null,
    occurred_at: occurredAt,
    cargo: 'checkin',
    plain: box,
    body: null,
  };
  const entry: JournalRow = {
    entity_id: kept.id,
    op_id: kept.opId,
    server_seq: null,
    occurred_at: occurredAt,
    withdrawn: false,
    parked: null,
    box,
  };
  const { draft, promptId } = input;
  // Every trip to the database costs a moment before the close is painted, so what can go together does.
  await strict([...STORES], async (tx) => {
    const stamping = nextSeq(tx, promptId ? 2 : 1).then(async (stamp) => {
      unwaited(tx.objectStore('outbox').put({ ...row, ...stamp }));
      const answered = { outcome: 'answered' as const, occurredAt };
      if (promptId) await settlePromptIn(tx, { id: promptId, ...answered }, { ...stamp, seq: stamp.seq + 1 });
    });
    await Promise.all([
      stamping,
      tx.objectStore('journal').put(entry),
      draft ? tx.objectStore('drafts').delete(draft) : null,
      markSheetsDueIn(tx, checkin),
    ]);
  });
  tell('journal', 'outbox', 'drafts', 'prompts', 'sheets');
  return kept;
}

/** Takes a check-in back on this phone and, at the next exchange, everywhere. It cannot be undone. */
export async function withdrawEntry(entity: Id): Promise<void> {
  await strict(['settings', 'outbox', 'journal', 'kept', 'cache', 'sheets'], async (tx) => {
    const row = await tx.objectStore('journal').get(entity);
    if (!row || row.withdrawn) return;
    const op_id = newOpId();
    await tx.objectStore('outbox').put({
      ...(await nextSeq(tx)),
      op_id,
      entity_id: entity,
      kind: 'withdraw',
      base: row.op_id,
      occurred_at: nowInstant(),
      cargo: 'checkin',
      plain: null,
      body: '',
    });
    await tx.objectStore('journal').put({ ...row, op_id, server_seq: null, withdrawn: true, parked: null, box: null });
    const wiped = (await tx.objectStore('kept').index('entity').getAll(entity)).map((row) => row.op);
    for (const op of wiped) await tx.objectStore('kept').delete(op.op_id);
    await letGoIn(tx, wiped);
    await markSheetsDueIn(tx, null);
  });
  tell('journal', 'outbox', 'sheets');
}

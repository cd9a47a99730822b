/** Saving a check-in, editing it, taking it back. The one door for the screen and for the notification. */

import { dayIn, nowInstant } from '../clock';
import type { Answers, Id } from '../contract';
import { tell } from './changes';
import { lock } from './cipher';
import { currentPerson, strict, type Tx, unwaited } from './database';
import { letGoIn, nextSeq } from './device';
import { endDraft } from './drafts';
import { newOpId } from './ids';
import { replaced } from './merge';
import { zoneOfMe } from './person';
import { settlePromptIn } from './prompts';
import type { Checkin, JournalRow, Locked } from './schema';
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
  /** What the new entry and its op are called: a save tried again, in this window or another, is the same save. */
  ids?: { entity: Id; op: Id };
}

/** What the screen can show at once, before anything is read back. */
export interface Kept {
  id: Id;
  opId: Id;
  occurredAt: string;
  checkin: Checkin;
}

/** The body of a check-in made now. */
export const checkinOf = async (input: CheckinInput): Promise<Checkin> => ({
  type: 'checkin',
  v: 1,
  protocol: input.protocol,
  version: input.version,
  answers: input.answers,
  prompt_id: input.promptId ?? null,
  day: dayIn(await zoneOfMe()),
});

const STORES = ['settings', 'outbox', 'journal', 'drafts', 'cache', 'sheets'] as const;

/** Resolves when the check-in is on this phone's disk: journal, outbox, sheet mark and prompt outcome, or none of them. */
export async function keepCheckin(input: CheckinInput): Promise<Kept> {
  if (input.draft) endDraft(input.draft);
  const whose = currentPerson();
  const occurredAt = nowInstant();
  const checkin = await checkinOf(input);
  const box = await lock(checkin);
  // Another window may have signed somebody else in while the body was locked under this person's key.
  if (currentPerson() !== whose) throw new Error('somebody else is signed in now');
  const opId = input.ids?.op ?? newOpId();
  let id = input.revises?.entity ?? input.ids?.entity ?? newOpId();
  // Every trip to the database costs a moment before the close is painted, so what can go together does.
  await strict([...STORES], async (tx) => {
    const before = await tx.objectStore('journal').get(id);
    // The first try had reached the disk after all.
    if (before?.op_id === opId) return;
    // Taken back in another window meanwhile: that is for good, so these words begin an entry of their own.
    if (before?.withdrawn) id = newOpId();
    await putCheckin(tx, input, before?.withdrawn ? undefined : before, { id, opId, occurredAt, checkin }, box);
  });
  tell('journal', 'outbox', 'drafts', 'prompts', 'sheets');
  return { id, opId, occurredAt, checkin };
}

type SaveTx = Tx<(typeof STORES)[number]>;

/** `before`: the entry as it is, when this is an edit of it, or when another window saved the same draft first. */
async function putCheckin(
  tx: SaveTx,
  { draft, promptId }: CheckinInput,
  before: JournalRow | undefined,
  { id, opId, occurredAt, checkin }: Kept,
  box: Locked,
): Promise<void> {
  const written = { op_id: opId, entity_id: id, occurred_at: occurredAt };
  const op = { kind: before ? ('revise' as const) : ('create' as const), base: before?.op_id ?? null };
  const stamping = nextSeq(tx, promptId ? 2 : 1).then(async (stamp) => {
    unwaited(tx.objectStore('outbox').put({ ...written, ...op, cargo: 'checkin', plain: box, body: null, ...stamp }));
    const answered = { outcome: 'answered' as const, occurredAt };
    if (promptId) await settlePromptIn(tx, { id: promptId, ...answered }, { ...stamp, seq: stamp.seq + 1 });
  });
  const state = { server_seq: null, revised_at: occurredAt, withdrawn: false, parked: null, box };
  const entry: JournalRow = { ...written, ...state };
  if (before) Object.assign(entry, { occurred_at: before.occurred_at, earlier: replaced(before) });
  await Promise.all([
    stamping,
    tx.objectStore('journal').put(entry),
    draft ? tx.objectStore('drafts').delete(draft) : null,
    markSheetsDueIn(tx, checkin),
  ]);
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
    await tx
      .objectStore('journal')
      .put({ ...row, op_id, server_seq: null, withdrawn: true, parked: null, box: null, earlier: [] });
    const wiped = (await tx.objectStore('kept').index('entity').getAll(entity)).map((row) => row.op);
    for (const op of wiped) await tx.objectStore('kept').delete(op.op_id);
    await letGoIn(tx, wiped);
    await markSheetsDueIn(tx, null);
  });
  tell('journal', 'outbox', 'sheets');
}

/** Prompts as the phone knows them, and what the resident did with each. */

import { now, nowInstant } from '../clock';
import type { Id, Instant, Prompt, PromptOutcome, PromptState } from '../contract';
import { tell } from './changes';
import { strict, type Tx, unwaited } from './database';
import { nextSeq, type Stamp } from './device';
import { newOpId } from './ids';
import { cached } from './values';

interface Settled {
  id: Id;
  outcome: PromptOutcome;
  occurredAt: Instant;
  until?: Instant;
}

let changes = 0;

type PromptTx = Tx<'settings' | 'outbox' | 'cache'>;

/** Puts the outcome in the outbox and shows it on the phone, inside the caller's transaction. */
export async function settlePromptIn(tx: PromptTx, settled: Settled, stamp: Stamp): Promise<void> {
  changes += 1;
  const body = { prompt_id: settled.id, outcome: settled.outcome, ...(settled.until ? { until: settled.until } : {}) };
  const putting = tx.objectStore('outbox').put({
    ...stamp,
    op_id: newOpId(),
    entity_id: newOpId(),
    kind: 'prompt',
    base: null,
    occurred_at: settled.occurredAt,
    cargo: 'prompt',
    plain: null,
    body: JSON.stringify(body),
  });
  unwaited(putting);
  const prompts = ((await tx.objectStore('cache').get('prompts')) ?? []) as Prompt[];
  await tx.objectStore('cache').put(
    prompts.map((p) => (p.id === settled.id ? after(p, settled) : p)),
    'prompts',
  );
}

function after(prompt: Prompt, settled: Settled): Prompt {
  const state: PromptState = settled.outcome;
  return { ...prompt, state, due_at: settled.until ?? prompt.due_at };
}

/** "In an hour" and "Not today", from the screen or from the notification; resolves when it is on the disk. */
export async function keepPromptOutcome(promptId: Id, outcome: 'snoozed' | 'declined', minutes = 60): Promise<void> {
  const settled: Settled = { id: promptId, outcome, occurredAt: nowInstant() };
  if (outcome === 'snoozed') settled.until = new Date(now() + minutes * 60_000).toISOString();
  await strict(['settings', 'outbox', 'cache'], async (tx) => settlePromptIn(tx, settled, await nextSeq(tx)));
  tell('prompts', 'outbox');
}

/** How many changes this phone made to its prompts since its start; read before a list is asked for. */
export const promptChanges = (): number => changes;

/** A prompt the resident asked for. A list that was on its way may not know it yet, and must not take it away again. */
export async function addPrompt(prompt: Prompt): Promise<void> {
  changes += 1;
  await strict(['cache'], async (tx) => {
    const there = ((await tx.objectStore('cache').get('prompts')) ?? []) as Prompt[];
    await tx.objectStore('cache').put([...there.filter((p) => p.id !== prompt.id), prompt], 'prompts');
  });
  tell('prompts');
}

/**
 * Keeps the server's list, with outcomes still in the outbox laid over it. `asOf` is what `promptChanges` said before
 * the list was asked for: an older list than the phone's last change is not taken, and the next one is.
 */
export async function keepPrompts(prompts: Prompt[], asOf: number = changes): Promise<void> {
  await strict(['outbox', 'cache'], async (tx) => {
    if (asOf !== changes) return;
    const mine = new Map<Id, Settled>();
    for (const row of await tx.objectStore('outbox').index('seq').getAll()) {
      if (row.cargo !== 'prompt' || !row.body) continue;
      const said = JSON.parse(row.body) as { prompt_id: Id; outcome: PromptOutcome; until?: Instant };
      mine.set(said.prompt_id, { ...said, id: said.prompt_id, occurredAt: row.occurred_at });
    }
    const laid = prompts.map((p) => {
      const settled = mine.get(p.id);
      return settled ? after(p, settled) : p;
    });
    await tx.objectStore('cache').put(laid, 'prompts');
  });
  tell('prompts');
}

/** A prompt can be answered now: it is open, or snoozed and its hour has come, and its window has not passed. */
export function isOpen(prompt: Prompt, at: number = now()): boolean {
  const due = Date.parse(prompt.due_at) <= at && at < Date.parse(prompt.until);
  return due && (prompt.state === 'open' || prompt.state === 'planned' || prompt.state === 'snoozed');
}

let known: Prompt[] | null = null;

/** Called whenever the list is read or changes, so that saving waits for no extra read; null when it is not known. */
export function rememberPrompts(prompts: Prompt[] | null): void {
  known = prompts;
}

const EARLY_MS = 12 * 3_600_000;

/** The prompt a check-in started by hand satisfies: the next one of its protocol, open or due within twelve hours. */
export async function promptFor(protocol: string): Promise<Id | null> {
  const at = now();
  const fits = (known ?? (await cached('prompts')) ?? [])
    .filter((p) => p.protocol === protocol && !['answered', 'declined', 'passed'].includes(p.state))
    .filter((p) => Date.parse(p.due_at) <= at + EARLY_MS && at < Date.parse(p.until))
    .sort((a, b) => a.due_at.localeCompare(b.due_at));
  return fits[0]?.id ?? null;
}

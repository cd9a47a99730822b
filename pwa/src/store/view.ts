/** The store as the screens see it: signals that follow what is kept. The worker never loads this file. */

import { computed, signal } from '@preact/signals';
import type { Block, Id, Instant, Library, Me, Prompt, Release } from '../contract';
import { listen } from './changes';
import { unlock } from './cipher';
import { currentPerson, inPages, look } from './database';
import { inPieces } from './pause';
import { rememberPrompts } from './prompts';
import type { Checkin, JournalRow, Lost, OutboxRow, SheetKept, SyncRow } from './schema';
import { cached, setting } from './values';

export type Delivery = 'waiting' | 'delivered' | 'parked';

export interface Entry extends Checkin {
  id: Id;
  opId: Id;
  occurredAt: Instant;
  delivery: Delivery;
  /** Why the server set it aside; null when it did not. */
  reason: string | null;
}

export const me = signal<Me | null>(null);
/** Own check-ins, newest first; those taken back are gone. */
export const entries = signal<Entry[]>([]);
export const library = signal<Library | null>(null);
export const prompts = signal<Prompt[]>([]);
export const blocks = signal<Block[]>([]);
export const releases = signal<Release[]>([]);
export const sheets = signal<SheetKept[]>([]);
/** Warnings about group blocks, by `<group>/<block>`: a code of pulse/alarm.ts. Nothing is sent for such a block. */
export const alarms = signal<Record<string, string>>({});
/** The browser's word, corrected by what the last exchange met. */
export const online = signal(typeof navigator === 'undefined' ? true : navigator.onLine !== false);

/** What this phone kept and does not have any more; null once it was read. */
export const lost = signal<Lost | null>(null);

const outboxCount = signal(0);
const unopenedIds = signal<Id[]>([]);
const holeSeqs = signal<number[]>([]);

/** Check-ins and withdrawals still on this phone only. */
export const waiting = computed(() => outboxCount.value);
/** Entries from another device that this phone cannot open. */
export const unopened = computed(() => unopenedIds.value.length);
/** Check-ins of this phone the server never saw although later ones arrived. */
export const neverArrived = computed(() => holeSeqs.value.length);
export const needLook = computed(() => entries.value.filter((e) => e.delivery === 'parked').length);

/** Own past answers to one protocol, newest first. */
export const pastOf = (protocol: string) => entries.value.filter((e) => e.protocol === protocol).map((e) => e.answers);
export const entryOf = (id: Id): Entry | null => entries.value.find((e) => e.id === id) ?? null;
export const protocolOf = (id: string) => library.value?.protocols.find((p) => p.id === id) ?? null;

const opened = new Map<Id, Checkin>();

async function readJournal(): Promise<void> {
  const rows: JournalRow[] = [];
  const unsent = new Set<Id>();
  let out = 0;
  const [sync, kept] = await look(['journal', 'outbox', 'kept', 'settings'], async (tx) => {
    await inPages(tx.objectStore('journal'), keyOfEntry, (page) => void rows.push(...page));
    await inPages(tx.objectStore('outbox'), keyOfOp, (page) => {
      for (const op of page) unsent.add(op.entity_id);
      out += page.filter((op) => op.cargo === 'checkin').length;
    });
    const arrived = new Set(await tx.objectStore('kept').getAllKeys());
    return [(await tx.objectStore('settings').get('sync')) as SyncRow | undefined, arrived] as const;
  });
  const list: Entry[] = [];
  const spoilt: Id[] = [];
  const breathe = inPieces();
  for (const row of rows) {
    await breathe();
    if (row.withdrawn || !row.box) continue;
    const body = opened.get(row.op_id) ?? (await unlock<Checkin>(row.box).catch(asSpoilt));
    if (!body) {
      spoilt.push(row.op_id);
      continue;
    }
    opened.set(row.op_id, body);
    const waits = unsent.has(row.entity_id);
    // Its op vanished from the queue, and no server ever answered for it: only the words are left, and they are here.
    const vanished = !waits && row.server_seq === null && !kept.has(row.op_id);
    const reason = row.parked ?? (vanished ? 'never_arrived' : null);
    const delivery: Delivery = reason ? 'parked' : waits ? 'waiting' : 'delivered';
    list.push({
      ...body,
      id: row.entity_id,
      opId: row.op_id,
      occurredAt: row.occurred_at,
      delivery,
      reason,
    });
  }
  entries.value = list.sort((a, b) => (a.occurredAt < b.occurredAt ? 1 : a.occurredAt > b.occurredAt ? -1 : 0));
  outboxCount.value = out;
  unopenedIds.value = [...(sync?.unopened ?? []), ...spoilt];
  holeSeqs.value = sync?.holes ?? [];
}

const keyOfEntry = (row: JournalRow) => row.entity_id;
const keyOfOp = (row: OutboxRow) => row.op_id;

/** One entry that does not open must not hide the others; without the key itself nothing is shown. */
function asSpoilt(error: unknown): null {
  if (error instanceof DOMException && error.name === 'OperationError') return null;
  throw error;
}

async function readCaches(): Promise<void> {
  library.value = (await cached('library'))?.value ?? library.value;
  prompts.value = (await cached('prompts')) ?? [];
  rememberPrompts(prompts.value);
  blocks.value = (await cached('blocks')) ?? [];
  releases.value = (await cached('releases'))?.value ?? [];
  alarms.value = (await setting('alarms')) ?? {};
  lost.value = (await setting('lost')) ?? null;
}

async function readSheets(): Promise<void> {
  sheets.value = await look(['sheets'], (tx) => tx.objectStore('sheets').getAll());
}

function clear(): void {
  rememberPrompts(null);
  opened.clear();
  entries.value = [];
  prompts.value = [];
  blocks.value = [];
  releases.value = [];
  sheets.value = [];
  alarms.value = {};
  outboxCount.value = 0;
  unopenedIds.value = [];
  holeSeqs.value = [];
}

let last: Promise<void> = Promise.resolve();
let queued: Promise<void> | null = null;

/**
 * Reads everything anew; resolves when what was kept before the call is shown. One reading follows the other, so that an
 * older one never overwrites a newer, and calls that wait for their turn share one.
 */
export function refresh(): Promise<void> {
  queued ??= last.then(readAll);
  last = queued.catch(() => {});
  return last;
}

async function readAll(): Promise<void> {
  queued = null;
  if (!currentPerson()) return clear();
  await Promise.all([readJournal(), readCaches(), readSheets()]);
}

/** Milliseconds; a hidden page paints nothing and waits no longer than this. */
const PAINT_MAX_MS = 250;
let due = false;

/** What was just saved is on the screen by its own means: the reading that follows must not delay its paint. */
function refreshAfterPaint(): void {
  if (due) return;
  due = true;
  const once = () => {
    if (due) void refresh();
    due = false;
  };
  setTimeout(once, PAINT_MAX_MS);
  globalThis.requestAnimationFrame?.(() => setTimeout(once));
}

listen(refreshAfterPaint);

if (typeof window !== 'undefined') {
  addEventListener('online', () => {
    online.value = true;
  });
  addEventListener('offline', () => {
    online.value = false;
  });
}

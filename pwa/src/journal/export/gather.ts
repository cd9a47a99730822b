/** Everything this phone knows of the person, opened and put in plain words, a piece at a time. */

import * as api from '../../api';
import { formatter } from '../../clock';
import type { Answer, Id, Instant, Item, Library, Protocol } from '../../contract';
import { unlock } from '../../store/cipher';
import { inPages, look } from '../../store/database';
import { inPieces } from '../../store/pause';
import type { Checkin, JournalRow } from '../../store/schema';
import { cached, setting } from '../../store/values';

/** How far it is, 0 to 1. */
export type OnProgress = (part: number) => void;

export interface AnswerOut {
  item: string;
  text: string | null;
  type: string | null;
  seen_by: string | null;
  value: Answer;
  words: string;
}

export interface RevisionOut {
  op_id: Id;
  written_at: string;
  protocol: string;
  protocol_name: string | null;
  protocol_version: number;
  /** Whether this phone knows the wording of that version. */
  wording_known: boolean;
  day: string;
  prompt_id: Id | null;
  answers: AnswerOut[];
}

export interface EntryOut extends RevisionOut {
  id: Id;
  occurred_at: string;
  place: 'waiting' | 'delivered' | 'set_aside';
  set_aside_because: string | null;
  /** What it said before it was edited, oldest first. */
  earlier: RevisionOut[];
}

/** ISO 8601 with the zone's own offset at that moment: 2026-11-19T07:30:00-05:00. */
export function isoIn(zone: string, at: Instant): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return at;
  const zoned = formatter('en-GB', zone, { timeZoneName: 'longOffset' }).formatToParts(time);
  const offset = /([+-]\d\d:?\d\d)/.exec(zoned.find((part) => part.type === 'timeZoneName')?.value ?? '')?.[1];
  if (!offset) return new Date(time).toISOString().replace('.000Z', 'Z');
  const minutes = (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2)));
  const local = new Date(time + minutes * 60_000).toISOString().slice(0, -5);
  return `${local}${offset}`;
}

/** The answer in the words it was given in; a rod's place as a number between its two words. */
export function answerWords(item: Item | undefined, value: Answer): string {
  if (typeof value === 'string') return value;
  if (!item) return '';
  if (Array.isArray(value)) return value.map((index) => item.options[index] ?? '').join('; ');
  if (item.type !== 'slider') return item.options[value] ?? '';
  const [least = '', most = ''] = [item.options[0], item.options.at(-1)];
  return `${value} (${item.min ?? 0} = ${least}, ${item.max ?? 10} = ${most})`;
}

function answersOut(protocol: Protocol | undefined, checkin: Checkin): AnswerOut[] {
  return Object.entries(checkin.answers).map(([id, value]) => {
    const item = protocol?.items.find((one) => one.id === id);
    const { text = null, type = null, audience = null } = item ?? {};
    return { item: id, text, type, seen_by: audience, value, words: answerWords(item, value) };
  });
}

interface Telling {
  library: Library | null;
  zone: string;
}

function revisionOut({ library, zone }: Telling, op_id: Id, written: Instant, checkin: Checkin): RevisionOut {
  const named = library?.protocols.find((one) => one.id === checkin.protocol);
  // Another version may have asked other things under the same letters.
  const protocol = named?.version === checkin.version ? named : undefined;
  return {
    op_id,
    written_at: isoIn(zone, written),
    protocol: checkin.protocol,
    protocol_name: named?.name ?? null,
    protocol_version: checkin.version,
    wording_known: protocol !== undefined,
    day: checkin.day,
    prompt_id: checkin.prompt_id,
    answers: answersOut(protocol, checkin),
  };
}

/** Entries in the order they were made, each given to `each`; throws what `signal` was aborted with. */
export async function eachEntry(
  zone: string,
  each: (entry: EntryOut) => void,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<{ withdrawn: Id[]; unopened: Id[] }> {
  const rows: JournalRow[] = [];
  const waiting = new Set<Id>();
  await look(['journal', 'outbox'], async (tx) => {
    await inPages(
      tx.objectStore('journal'),
      (row) => row.entity_id,
      (page) => void rows.push(...page),
    );
    for (const op of await tx.objectStore('outbox').getAll()) waiting.add(op.entity_id);
  });
  rows.sort((a, b) => (a.occurred_at < b.occurred_at ? -1 : a.occurred_at > b.occurred_at ? 1 : 0));
  const telling = { library: (await cached('library'))?.value ?? null, zone };
  const missing = { withdrawn: [] as Id[], unopened: [...((await setting('sync'))?.unopened ?? [])] };
  const breathe = inPieces();
  for (const [index, row] of rows.entries()) {
    signal.throwIfAborted();
    await breathe();
    if (row.withdrawn || !row.box) missing.withdrawn.push(row.entity_id);
    else {
      const entry = await entryOut(telling, row, waiting.has(row.entity_id)).catch(() => null);
      if (entry) each(entry);
      else missing.unopened.push(row.op_id);
    }
    onProgress((index + 1) / rows.length);
  }
  return missing;
}

async function entryOut(telling: Telling, row: JournalRow, waits: boolean): Promise<EntryOut> {
  const earlier: RevisionOut[] = [];
  for (const one of row.earlier ?? []) {
    earlier.push(revisionOut(telling, one.op_id, one.occurred_at, await unlock<Checkin>(one.box)));
  }
  if (!row.box) throw new Error('taken back');
  const now = revisionOut(telling, row.op_id, row.revised_at ?? row.occurred_at, await unlock<Checkin>(row.box));
  const place = row.parked !== null ? 'set_aside' : waits ? 'waiting' : 'delivered';
  const facts = { id: row.entity_id, occurred_at: isoIn(telling.zone, row.occurred_at), set_aside_because: row.parked };
  return { ...facts, ...now, place, earlier };
}

/** What the resident did with prompts, as far as this phone wrote it and still keeps it. */
export async function promptOutcomes(): Promise<object[]> {
  const [kept, out] = await look(['kept', 'outbox'], async (tx) => [
    (await tx.objectStore('kept').getAll()).filter((row) => row.cargo === 'prompt').map((row) => row.op),
    (await tx.objectStore('outbox').getAll()).filter((row) => row.cargo === 'prompt'),
  ]);
  const said = [...kept, ...out].sort((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1));
  return said.flatMap(({ occurred_at, body }) => {
    try {
      return [{ at: occurred_at, ...(JSON.parse(body ?? '') as object) }];
    } catch {
      return [];
    }
  });
}

/** Milliseconds; an export waits no longer for the one thing it has to ask the server for. */
const ASK_MS = 5_000;

/** The rhythm as the server knows it; null without a network. */
export const rhythmIfThere = (): Promise<unknown> =>
  Promise.race([api.rhythm().catch(() => null), new Promise<null>((done) => setTimeout(() => done(null), ASK_MS))]);

/** One row for each answer, for a spreadsheet or a statistics program. */

import type { Me } from '../../contract';
import { type EntryOut, eachEntry, type OnProgress, type RevisionOut } from './gather';

export const COLUMNS = [
  'entry_id',
  'revision',
  'is_current',
  'occurred_at',
  'written_at',
  'day',
  'protocol',
  'protocol_version',
  'protocol_name',
  'prompt_id',
  'item',
  'item_text',
  'item_type',
  'seen_by',
  'value',
  'words',
  'place',
] as const;

/** A spreadsheet takes a cell that begins so for a formula; an apostrophe keeps it text. */
const FORMULA = /^[=+\-@\t\r]/;

/** Quoted when it must be; numbers stay numbers. */
export function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /["',\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function rowsOf(entry: EntryOut, told: RevisionOut, revision: number): string[] {
  const current = told === entry;
  return told.answers.map((answer) =>
    [
      entry.id,
      revision,
      current ? 'yes' : 'no',
      entry.occurred_at,
      told.written_at,
      told.day,
      told.protocol,
      told.protocol_version,
      told.protocol_name,
      told.prompt_id,
      answer.item,
      answer.text,
      answer.type,
      answer.seen_by,
      Array.isArray(answer.value) ? answer.value.join(';') : answer.value,
      answer.words,
      entry.place,
    ]
      .map(cell)
      .join(','),
  );
}

/** With a mark that tells spreadsheets it is UTF-8. Throws what `signal` was aborted with. */
export async function exportCsv(me: Me, onProgress: OnProgress, signal: AbortSignal): Promise<Blob> {
  const lines: string[] = [COLUMNS.join(',')];
  const put = (entry: EntryOut) => {
    const told: RevisionOut[] = [...entry.earlier, entry];
    for (const [index, revision] of told.entries()) lines.push(...rowsOf(entry, revision, index + 1));
  };
  await eachEntry(me.zone, put, onProgress, signal);
  return new Blob(['\ufeff', lines.join('\r\n'), '\r\n'], { type: 'text/csv;charset=utf-8' });
}

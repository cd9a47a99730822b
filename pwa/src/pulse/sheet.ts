/** A block's sheet from the merged journal, and its message to the box. Pure but for the counter's dice. */

import type { Answer, Block, Shape, ShapeCell, Sheet } from '../contract';
import type { TokenRow } from '../store/schema';

const NOT_ANSWERED = 255;
/** Every message to the box has this length, whatever it says. */
const BODY_BYTES = 4096;

/** What the sheet needs to know of a check-in. */
export interface Counted {
  protocol: string;
  /** The resident's own day. */
  day: string;
  occurredAt: string;
  answers: Record<string, Answer>;
}

export type Contents = Pick<Sheet, 'w' | 'a' | 's'>;

export const WITHDRAWN: Contents = { w: true, a: {}, s: [] };

function positions(cell: ShapeCell, answer: Answer | undefined): number[] {
  if ('max' in cell) {
    const fits = typeof answer === 'number' && Number.isInteger(answer) && answer >= 0 && answer <= cell.max;
    return [fits ? answer : NOT_ANSWERED];
  }
  const picked = typeof answer === 'number' ? [answer] : Array.isArray(answer) ? answer : [];
  const sound = picked.length > 0 && picked.length <= cell.pick && picked.every((i) => i >= 0 && i < cell.options);
  return Array.from({ length: cell.options }, (_, i) => (sound ? (picked.includes(i) ? 1 : 0) : NOT_ANSWERED));
}

const encoded = (cells: ShapeCell[], answers: Record<string, Answer>): number[] =>
  cells.flatMap((cell) => positions(cell, answers[cell.item]));

/** The latest check-in of each protocol within the block's days; one with nothing to count is absent. */
export function contentsOf(block: Pick<Block, 'open_day' | 'end_day'> & { shape: Shape }, own: Counted[]): Contents {
  const a: Record<string, number[]> = {};
  for (const protocol of Object.keys(block.shape).sort()) {
    const within = own.filter((e) => e.protocol === protocol && block.open_day <= e.day && e.day <= block.end_day);
    const latest = within.sort((x, y) => y.occurredAt.localeCompare(x.occurredAt))[0];
    const row = latest ? encoded(block.shape[protocol] ?? [], latest.answers) : [];
    if (row.some((place) => place !== NOT_ANSWERED)) a[protocol] = row;
  }
  return { w: false, a, s: [] };
}

/**
 * Random start, random steps: a counter that mirrored anything the named side knows, such as a journal version, would
 * tell whose sheet it is.
 */
export function nextCounter(previous: number): number {
  const [dice = 0] = crypto.getRandomValues(new Uint32Array(1));
  return previous > 0 ? previous + 1 + (dice % 256) : 1 + (dice % (2 ** 24 - 1));
}

/** The message to the box, filled up with spaces to its fixed length. Throws when the sheet does not fit. */
export function message(token: Pick<TokenRow, 'key_id' | 'nonce' | 'sig'>, sheet: Sheet): string {
  const body = { key_id: token.key_id, nonce: token.nonce, sig: token.sig, sheet, pad: '' };
  const room = BODY_BYTES - new TextEncoder().encode(JSON.stringify(body)).length;
  if (room < 0) throw new RangeError('the sheet is too large');
  return JSON.stringify({ ...body, pad: ' '.repeat(room) });
}

/** The checks before a blinded message may leave the phone (P2), and after a release is out (P9). Pure. */

import type { B64u, Block, BlockKey, BoxRelease } from '../contract';
import { Alarm } from './alarm';

/** JSON with one spelling: the two sides may print an object's keys in another order. */
const spelled = (value: unknown): string =>
  JSON.stringify(value, (_key, part) =>
    part && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
  );

const sameBlock = (a: BlockKey, b: BlockKey) => a.group === b.group && a.block === b.block;

/** The key that the last public release before this block announced for it; null while none did. */
export function announced(block: BlockKey, releases: BoxRelease[]): B64u | null {
  const before = releases.filter((r) => r.group === block.group && r.block < block.block);
  const last = before.sort((a, b) => b.block.localeCompare(a.block))[0];
  return last?.next[block.block] ?? null;
}

/** What a block's key is held against. */
export interface Witnesses {
  /** The list everybody sees without a session. */
  listed: BlockKey[];
  /** What this phone saw before; null at the first time. */
  remembered: B64u | null;
  /** What the box's releases announced; null when nothing did. */
  announced: B64u | null;
}

/** The key seen with my session must be the one all witnesses name. Raises Alarm. */
export function checkKey(mine: Block, { listed, remembered, announced }: Witnesses): void {
  const seen = listed.filter((key) => sameBlock(key, mine));
  const [one] = seen;
  if (seen.length !== 1 || one?.key_id !== mine.key_id || one.spki !== mine.spki) throw new Alarm('KEY_INCONSISTENT');
  if (spelled(one.shape) !== spelled(mine.shape)) throw new Alarm('KEY_INCONSISTENT');
  if (remembered !== null && remembered !== mine.key_id) throw new Alarm('KEY_CHANGED');
  for (const pin of [announced, mine.pinned_by]) {
    if (pin !== null && pin !== mine.key_id) throw new Alarm('KEY_NOT_PINNED');
  }
}

/** A release must name the key this phone used, or somebody was given a key of their own. Raises Alarm. */
export function checkRelease(release: Pick<BoxRelease, 'key_id' | 'issued' | 'eligible'>, key_id: B64u): void {
  if (release.key_id !== key_id) throw new Alarm('KEY_NOT_IN_RELEASE');
  if (release.issued > release.eligible) throw new Alarm('COUNTS');
}

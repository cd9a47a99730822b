/** The checks before a blinded message may leave the phone (P2), and after a release is out (P9). Pure. */

import type { B64u, Block, BlockKey, Release } from '../contract';
import { Alarm } from './alarm';

/** JSON with one spelling: the two sides may print an object's keys in another order. */
const spelled = (value: unknown): string =>
  JSON.stringify(value, (_key, part) =>
    part && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
  );

const sameBlock = (a: BlockKey, b: BlockKey) => a.group === b.group && a.block === b.block;

/**
 * The key seen with my session must be the one everybody sees without a session, the one this phone saw before, and the
 * one an earlier release announced. Raises Alarm.
 */
export function checkKey(mine: Block, everybodys: BlockKey[], remembered: B64u | null): void {
  const seen = everybodys.filter((key) => sameBlock(key, mine));
  const [one] = seen;
  if (seen.length !== 1 || one?.key_id !== mine.key_id || one.spki !== mine.spki) throw new Alarm('KEY_INCONSISTENT');
  if (spelled(one.shape) !== spelled(mine.shape)) throw new Alarm('KEY_INCONSISTENT');
  if (remembered !== null && remembered !== mine.key_id) throw new Alarm('KEY_CHANGED');
  if (mine.pinned_by !== null && mine.pinned_by !== mine.key_id) throw new Alarm('KEY_NOT_PINNED');
}

/** A release must name the key this phone used, or somebody was given a key of their own. Raises Alarm. */
export function checkRelease(release: Release, key_id: B64u): void {
  if (release.key_id !== key_id) throw new Alarm('KEY_NOT_IN_RELEASE');
  if (release.issued > release.eligible) throw new Alarm('COUNTS');
}

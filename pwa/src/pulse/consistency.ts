/** The checks before a blinded message may leave the phone (P2), and of a release (P9). Pure. */

import type { B64u, Block, BlockKey, BoxRelease, Release } from '../contract';
import { toB64u } from '../store/bytes';
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

/** A release as its text says it, and nothing that stands beside the text: the text is what everybody's digest is of. */
export function opened(sent: Release): Release {
  const { group, block, key_id, eligible, issued, cells, agenda, note } = JSON.parse(sent.body);
  return { ...sent, group: { ...sent.group, id: group }, block, key_id, eligible, issued, cells, agenda, note };
}

/** base64url SHA-256 of a release's text. */
export const digestOf = async (body: string): Promise<B64u> =>
  toB64u(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body))));

/** What a release is held against. */
export interface ReleaseWitnesses {
  /** The key this phone accepted for the block; null when it had no part in it. */
  used: B64u | null;
  /** The block's entry in the list everybody sees without a session; null until it is there. */
  listed: BoxRelease | null;
}

/**
 * A release must name the key this phone used, or somebody was given a key of their own; and its text must be the one
 * listed for everybody, or somebody was told something of their own. Raises Alarm.
 */
export async function checkRelease(release: Release, { used, listed }: ReleaseWitnesses): Promise<void> {
  for (const named of [release.key_id, listed?.key_id ?? release.key_id]) {
    if (used !== null && named !== used) throw new Alarm('KEY_NOT_IN_RELEASE');
  }
  if (release.issued > release.eligible) throw new Alarm('COUNTS');
  if (listed && listed.digest !== (await digestOf(release.body))) throw new Alarm('RELEASE_DIFFERS');
}

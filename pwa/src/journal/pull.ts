/** Opens what other devices sealed and merges it. */

import { now } from '../clock';
import type { SyncAnswer } from '../contract';
import { identity } from '../seal/identity';
import { canonical } from '../seal/mac';
import { fromB64u } from '../store/bytes';
import { lock } from '../store/cipher';
import { look } from '../store/database';
import { type Arrival, mergeArrivals } from '../store/merge';
import { inPieces } from '../store/pause';
import type { Checkin } from '../store/schema';
import type { TokenBody } from '../store/tokens';

type Change = SyncAnswer['changes'][number];

/** Makes every body ready before the one transaction that merges them. Throws nothing for a body that does not open. */
export async function takeIn(answer: SyncAnswer): Promise<void> {
  const known = await knownOps(answer.changes);
  const breathe = inPieces();
  const arrivals: Arrival[] = [];
  for (const change of answer.changes) {
    arrivals.push(await ready(change, known));
    await breathe();
  }
  await mergeArrivals(arrivals, answer.server_epoch, answer.cursor, Date.parse(answer.server_now) || now());
}

/**
 * Ops this phone wrote itself come back too; their bodies need not be opened again. Not so where an earlier revision comes
 * with them, as after a restore: that one takes the row first, and the later one must be there to take it back.
 */
const knownOps = (changes: Change[]): Promise<Set<string>> =>
  look(['journal'], async (tx) => {
    const known = new Set<string>();
    const times = new Map<string, number>();
    for (const { op } of changes) times.set(op.entity_id, (times.get(op.entity_id) ?? 0) + 1);
    for (const { op } of changes) {
      if (times.get(op.entity_id) !== 1) continue;
      if ((await tx.objectStore('journal').get(op.entity_id))?.op_id === op.op_id) known.add(op.op_id);
    }
    return known;
  });

async function ready({ server_seq, op }: Change, known: Set<string>): Promise<Arrival> {
  const nothing = op.kind === 'withdraw' || op.kind === 'prompt' || op.body === '' || known.has(op.op_id);
  if (nothing) return { server_seq, op, cargo: { kind: 'none' } };
  try {
    return { server_seq, op, cargo: await opened(op) };
  } catch {
    return { server_seq, op, cargo: { kind: 'closed' } };
  }
}

async function opened(op: Change['op']): Promise<Arrival['cargo']> {
  const held = await identity();
  if (!held) throw new Error('no key on this device');
  const bytes = new TextEncoder().encode(canonical(op));
  if (!(await crypto.subtle.verify('HMAC', held.mac, fromB64u(op.mac), bytes))) throw new Error('the mac does not fit');
  const { open } = await import('../seal/age');
  const body = (await open(op.body, held.secret)) as Checkin | TokenBody;
  if (body.type === 'checkin') return { kind: 'checkin', box: await lock(body) };
  if (body.type === 'token') return { kind: 'token', body };
  throw new Error('a kind of entry this version does not know');
}

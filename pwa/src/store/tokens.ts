/**
 * The token of each block, shared by a person's devices through the sealed journal: the record with the lowest
 * server_seq counts, a finished token counts before any pending one. The pending record lives in an entity of its own,
 * which is withdrawn once the token stands, so that `inv` and `blinded_msg` are erased on the server too.
 */

import { nowInstant } from '../clock';
import type { B64u, Id } from '../contract';
import { tell } from './changes';
import { lock } from './cipher';
import { look, strict, type Tx } from './database';
import { nextSeq } from './device';
import { newOpId } from './ids';
import type { Locked, TokenRow } from './schema';

/** What travels sealed. */
export interface TokenBody {
  type: 'token';
  v: 1;
  /** `<group>/<block>` */
  block: string;
  key_id: B64u;
  input_msg: B64u | null;
  blinded_msg: B64u | null;
  inv: B64u | null;
  nonce: B64u | null;
  sig: B64u | null;
}

export type Pending = Pick<TokenRow, 'key_id'> & { input_msg: B64u; blinded_msg: B64u; inv: B64u };

type TokenTx = Tx<'tokens' | 'outbox' | 'settings'>;

const bodyOf = (row: TokenRow): TokenBody => {
  const { id, entity_id: _entity, server_seq: _seq, ...rest } = row;
  return { type: 'token', v: 1, block: id, ...rest };
};

export const tokenRows = (): Promise<TokenRow[]> => look(['tokens'], (tx) => tx.objectStore('tokens').getAll());

async function send(tx: TokenTx, entity_id: Id, plain: Locked | null): Promise<void> {
  await tx.objectStore('outbox').put({
    ...(await nextSeq(tx)),
    op_id: newOpId(),
    entity_id,
    kind: plain ? 'create' : 'withdraw',
    base: null,
    occurred_at: nowInstant(),
    cargo: 'token',
    plain,
    body: plain ? null : '',
  });
}

/** Keeps a pending record unless the block has a record already; either way it is on the disk when this resolves. */
export async function keepPending(id: string, pending: Pending): Promise<void> {
  const row: TokenRow = { id, entity_id: newOpId(), server_seq: null, nonce: null, sig: null, ...pending };
  const plain = await lock(bodyOf(row));
  await strict(['tokens', 'outbox', 'settings'], async (tx) => {
    if (await tx.objectStore('tokens').get(id)) return;
    await tx.objectStore('tokens').put(row);
    await send(tx, row.entity_id, plain);
  });
  tell('outbox');
}

/** Puts the token in the place of its pending record, whose secret parts are erased here and on the server. */
export async function keepToken(pending: TokenRow, token: { nonce: B64u; sig: B64u }): Promise<void> {
  const row: TokenRow = { ...pending, ...token, entity_id: newOpId(), server_seq: null };
  Object.assign(row, { input_msg: null, blinded_msg: null, inv: null });
  const plain = await lock(bodyOf(row));
  await strict(['tokens', 'outbox', 'settings'], async (tx) => {
    const there = await tx.objectStore('tokens').get(row.id);
    if (there?.sig) return;
    await tx.objectStore('tokens').put(row);
    await send(tx, row.entity_id, plain);
    await send(tx, pending.entity_id, null);
  });
  tell('outbox');
}

/** Forgets the record of a closed block, here and in the journal. */
export const dropToken = (id: string): Promise<void> =>
  strict(['tokens', 'outbox', 'settings'], async (tx) => {
    const row = await tx.objectStore('tokens').get(id);
    if (!row) return;
    await tx.objectStore('tokens').delete(id);
    await send(tx, row.entity_id, null);
  });

/** Merges a record another device wrote; the loser of a race withdraws its own. */
export async function adoptTokenIn(tx: TokenTx, body: TokenBody, entity_id: Id, server_seq: number): Promise<void> {
  const store = tx.objectStore('tokens');
  const mine = await store.get(body.block);
  const { type: _type, v: _v, block: id, ...rest } = body;
  const theirs: TokenRow = { id, entity_id, server_seq, ...rest };
  if (mine?.entity_id === entity_id) {
    if (mine.server_seq !== server_seq) await store.put({ ...mine, server_seq });
    return;
  }
  if (mine?.sig) return;
  const firstIsMine = mine && mine.server_seq !== null && mine.server_seq < server_seq;
  if (!theirs.sig && firstIsMine) return;
  await store.put(theirs);
  if (mine) await send(tx, mine.entity_id, null);
}

/** This phone as a writer: its id and the next number in its sequence, kept beside the outbox so both roll back together. */

import { toB64u } from './bytes';
import type { Tx } from './database';
import { strict, unwaited } from './database';
import { newDeviceId } from './ids';
import type { DeviceRow, OutboxRow } from './schema';
import { setting } from './values';

const newSecret = (): string => toB64u(crypto.getRandomValues(new Uint8Array(32)));

const fresh = (): DeviceRow => ({
  device_id: newDeviceId(),
  secret: newSecret(),
  next_seq: 1,
  acked_through: 0,
  registered: false,
  let_go: [],
});

/** Which device wrote an op, and under which number. */
export type Stamp = Pick<OutboxRow, 'device_id' | 'seq'>;

/** This phone's row, made on first use inside the caller's transaction. */
export async function deviceIn(tx: Tx<'settings'>): Promise<DeviceRow> {
  const store = tx.objectStore('settings');
  const there = (await store.get('device')) as DeviceRow | undefined;
  if (there) return { ...there, let_go: there.let_go ?? [] };
  const made = fresh();
  await store.put(made, 'device');
  return made;
}

/** Takes the next numbers, as many as wanted, and returns the first; the caller's transaction puts the ops that use them. */
export async function nextSeq(tx: Tx<'settings'>, wanted = 1): Promise<Stamp> {
  const row = await deviceIn(tx);
  unwaited(tx.objectStore('settings').put({ ...row, next_seq: row.next_seq + wanted }, 'device'));
  return { device_id: row.device_id, seq: row.next_seq };
}

/** Numbers of this device that will never arrive, and are not missed. */
export async function letGoIn(tx: Tx<'settings'>, ops: { device_id: string; seq: number }[]): Promise<void> {
  const row = await deviceIn(tx);
  const seqs = ops.filter((op) => op.device_id === row.device_id).map((op) => op.seq);
  if (seqs.length === 0) return;
  await tx.objectStore('settings').put({ ...row, let_go: [...new Set([...row.let_go, ...seqs])] }, 'device');
}

export const device = async (): Promise<DeviceRow> => (await setting('device')) ?? strict(['settings'], deviceIn);

export const markRegistered = (device_id: string): Promise<void> =>
  strict(['settings'], async (tx) => {
    const row = await deviceIn(tx);
    if (row.device_id === device_id) await tx.objectStore('settings').put({ ...row, registered: true }, 'device');
  });

/** This phone's id and secret, for its enrolment; a store from before there were secrets gets one here. */
export const credential = (): Promise<{ device_id: string; secret: string; instead_of: string | null }> =>
  strict(['settings'], async (tx) => {
    const row = await deviceIn(tx);
    const secret = row.secret ?? newSecret();
    if (!row.secret) await tx.objectStore('settings').put({ ...row, secret }, 'device');
    return { device_id: row.device_id, secret, instead_of: row.instead_of ?? null };
  });

/**
 * Another copy of this profile wrote under our id (a restored or cloned phone): take a new id and stamp every unsent op
 * anew. Op ids stay: what the other copy delivers first is the same entry, and its `conflict` ends ours.
 */
export const forkDevice = (): Promise<void> =>
  strict(['settings', 'outbox'], async (tx) => {
    const { device_id: instead_of } = await deviceIn(tx);
    const row: DeviceRow = { ...fresh(), instead_of };
    const outbox = tx.objectStore('outbox');
    for (const op of await outbox.index('seq').getAll()) {
      await outbox.put({ ...op, device_id: row.device_id, seq: row.next_seq, restamped: true });
      row.next_seq += 1;
    }
    await tx.objectStore('settings').put(row, 'device');
  });

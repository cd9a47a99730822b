/** One round trip of the journal: ready ops go up, answers are settled. Used by the page and by the worker. */

import * as api from '../api';
import { nowInstant } from '../clock';
import type { Op, SyncAnswer } from '../contract';
import { signed } from '../seal/mac';
import { currentPerson } from '../store/database';
import { device } from '../store/device';
import { freshSync, nextRows } from '../store/outbox';
import type { OutboxRow } from '../store/schema';
import { keyNamed, setting } from '../store/values';

export const BATCH_MAX = 50;
/** The server takes 262,144 bytes; the rest is room for the envelope around the ops. */
const BATCH_BYTES = 250_000;

type ReadyRow = OutboxRow & { body: string };
const isReady = (row: OutboxRow): row is ReadyRow => row.body !== null;

/** A row as it goes over the wire. The mac is made of what is in the row, so a retry sends the same bytes. */
async function opOf(row: ReadyRow, mac: CryptoKey): Promise<Op> {
  const { op_id, device_id, seq, entity_id, kind, base, occurred_at, body } = row;
  return signed({ proto: 1, op_id, device_id, seq, entity_id, kind, base, occurred_at, body }, mac);
}

/** The first ops that may go and fit one request, in the order of their sequence; ops not sealed yet wait. */
export async function nextBatch(): Promise<Op[]> {
  const mac = (await keyNamed('identity'))?.mac;
  if (!mac) return [];
  const batch: Op[] = [];
  let room = BATCH_BYTES;
  for (const row of (await nextRows(BATCH_MAX)).filter(isReady)) {
    const op = await opOf(row, mac);
    room -= new TextEncoder().encode(JSON.stringify(op)).length + 1;
    if (room < 0 && batch.length > 0) break;
    batch.push(op);
  }
  return batch;
}

export interface Exchange {
  answer: SyncAnswer;
  sent: Op[];
}

/** Sends a batch and takes nothing in yet. Throws Offline or Refusal. */
export async function send(sent: Op[]): Promise<Exchange> {
  const sync = (await setting('sync')) ?? freshSync();
  const { device_id, acked_through } = await device();
  const answer = await api.sync({
    proto: 1,
    nonce: crypto.randomUUID(),
    client_now: nowInstant(),
    known_epoch: sync.epoch,
    cursor: sync.cursor,
    acked_through,
    device_id,
    person_id: currentPerson(),
    ops: sent,
  });
  return { answer, sent };
}

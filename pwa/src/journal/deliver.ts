/**
 * Delivers under this phone's own secret, which opens nothing for reading: when the session is over, or while the journal
 * is locked. Used by the page and by the worker.
 */

import * as api from '../api';
import { device } from '../store/device';
import { settleResults } from '../store/outbox';
import { nextBatch } from './exchange';

/**
 * One batch of what is ready; true while another one is worth sending. An empty batch goes too: its answer tells whether
 * this phone was removed from the account. Throws Offline or Refusal, `signed_out` where the phone has no secret yet.
 */
export async function deliverReady(): Promise<boolean> {
  const { device_id, secret, registered } = await device();
  if (!registered || !secret) throw new api.Refusal(401, 'signed_out', '');
  // Ops of another phone, offered again after a restore, are not this secret's to deliver.
  const sent = (await nextBatch()).filter((op) => op.device_id === device_id);
  const answer = await api.deliver(device_id, secret, sent);
  const { ended } = await settleResults(sent, answer, false);
  return sent.length > 0 && ended === sent.length;
}

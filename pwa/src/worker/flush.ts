/**
 * What the worker can deliver by itself: ops that are ready. It cannot seal, for a worker may not load code lazily and
 * the sealing library would weigh five times the rest; the page seals at once after saving, so little is left over.
 * It merges nothing either and leaves the cursor where it is.
 */

import { Refusal } from '../api';
import { deliverReady } from '../journal/deliver';
import { nextBatch, send } from '../journal/exchange';
import { currentPerson } from '../store/database';
import { device } from '../store/device';
import { settleResults } from '../store/outbox';
import { keepPrompts } from '../store/prompts';
import { unlessBusy } from '../store/turn';
import { wipePhone } from '../store/wipe';

const ROUNDS_MAX = 20;

/** Throws Offline or Refusal; everything stays in the outbox then. A page that is at it already is left to it. */
export const flushReady = (): Promise<void> => unlessBusy(rounds);

async function rounds(): Promise<void> {
  const person = currentPerson();
  if (!person || !(await device()).registered) return;
  try {
    await exchanges().catch(withoutSession);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'device_revoked') throw error;
    await wipePhone(person, 'removed');
  }
}

/** The session is over: what is ready goes under the phone's own secret. */
async function withoutSession(error: unknown): Promise<void> {
  if (!(error instanceof Refusal) || error.status !== 401) throw error;
  for (let round = 0; round < ROUNDS_MAX; round += 1) if (!(await deliverReady())) return;
}

async function exchanges(): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const batch = await nextBatch();
    if (batch.length === 0) return;
    const { answer, sent } = await send(batch);
    const { ended } = await settleResults(sent, answer, false);
    await keepPrompts(answer.prompts);
    // What is refused for now (a fork, a conflict) needs the page.
    if (ended < sent.length) return;
  }
}

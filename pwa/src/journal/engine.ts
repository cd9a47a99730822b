/** Brings the phone and the server to one state: seals, sends, settles, merges, until nothing is left to do. */

import * as api from '../api';
import { Offline, Refusal } from '../api';
import type { Id } from '../contract';
import { identity } from '../seal/identity';
import { tell } from '../store/changes';
import { unlock } from '../store/cipher';
import { currentPerson } from '../store/database';
import { device, forkDevice } from '../store/device';
import { beginEpoch } from '../store/merge';
import {
  freshSync,
  hold,
  holdNothing,
  keepBodies,
  keptIds,
  nextRows,
  outboxCount,
  sendAgain,
  settleResults,
} from '../store/outbox';
import { inPieces } from '../store/pause';
import { keepPrompts, promptChanges } from '../store/prompts';
import { alone } from '../store/turn';
import { setting } from '../store/values';
import { deliverReady } from './deliver';
import { BATCH_MAX, nextBatch, send } from './exchange';
import { takeIn } from './pull';
import { enrolAgain, register } from './register';

export type Outcome =
  /** `held`: some ops have to wait till the server or this app is newer; the others are through. */
  | { state: 'done'; held?: true }
  /** Try again by itself; `after` is the server's wish in seconds. */
  | { state: 'unreachable'; after: number | null }
  | { state: 'signed-out' }
  /** This device was removed from the account, or the account erased: what is kept here has to go. */
  | { state: 'removed' }
  /** The session is another person's: nothing may be sent. */
  | { state: 'not-ours' }
  /** The account's key is not on this device: nothing can be sealed or opened yet. */
  | { state: 'locked' }
  /** The server said no to the whole request; a newer version of the app may help. */
  | { state: 'refused'; code: string };

/** More rounds than any queue needs (1,000 ops are 20); a server that answers nonsense must not spin the phone. */
const ROUNDS_MAX = 200;
const MISSING_MAX = 500;

/** Exchanges until there is nothing left to do; waits its turn when another window or the worker is at it. */
export const flush = (): Promise<Outcome> => alone(() => guarded(rounds));

/**
 * Delivers what can go under this phone's own secret, because the session is over: `signed-out` when that is all that can
 * be done, `removed` when the phone has no place in the account any more.
 */
export const deliver = (): Promise<Outcome> => alone(() => guarded(deliveries));

async function guarded(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    return outcomeOf(error);
  } finally {
    tell('journal');
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof Offline) return { state: 'unreachable', after: null };
  if (!(error instanceof Refusal)) throw error;
  if (error.status === 401) return { state: 'signed-out' };
  if (error.code === 'other_person') return { state: 'not-ours' };
  if (error.code === 'device_revoked') return { state: 'removed' };
  if (error.status === 429 || error.status >= 500) return { state: 'unreachable', after: error.retryAfter };
  return { state: 'refused', code: error.code };
}

async function rounds(): Promise<Outcome> {
  if (!(await identity())) return { state: 'locked' };
  await register();
  if (!tried) await holdNothing();
  tried = true;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await sealNext();
    const next = await oneRound();
    if (next !== 'again') return next;
  }
  return { state: 'unreachable', after: null };
}

async function deliveries(): Promise<Outcome> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await sealNext();
    if (!(await deliverReady())) break;
  }
  return { state: 'signed-out' };
}

/** Held ops were tried since this start of the app; a newer version is a new start. */
let tried = false;

/** Everything waiting is tried at the next exchange, what was held too: the person asked for it. */
export function tryAll(): void {
  tried = false;
}

/**
 * Seals what the next batch can hold, so that a long queue begins to move at once. Without a network too: the worker can
 * deliver only what is sealed, and copies of this phone send the same bytes only when they were sealed before the copy.
 */
export async function sealNext(): Promise<void> {
  const open = (await nextRows(BATCH_MAX)).filter((row) => row.body === null);
  const held = await identity();
  if (open.length === 0 || !held) return;
  const { seal } = await import('../seal/age');
  const breathe = inPieces();
  const sealed = new Map<Id, string>();
  const spoilt: Id[] = [];
  for (const { op_id, plain } of open) {
    const body = plain && (await unlock(plain).catch(asSpoilt));
    if (body) sealed.set(op_id, await seal(body, held.publicKey));
    else spoilt.push(op_id);
    await breathe();
  }
  await keepBodies(sealed);
  if (spoilt.length > 0) await hold(spoilt);
}

/** A body that does not open must not keep the others waiting; without the key itself none of them goes. */
function asSpoilt(error: unknown): null {
  if (error instanceof DOMException && error.name === 'OperationError') return null;
  throw error;
}

async function oneRound(): Promise<Outcome | 'again'> {
  const epochBefore = ((await setting('sync')) ?? freshSync()).epoch;
  const asOf = promptChanges();
  const exchange = await send(await nextBatch()).catch(onUnknownDevice);
  if (exchange === 'again') return 'again';
  const { answer } = exchange;
  if (answer.server_epoch !== epochBefore) await beginEpoch(answer.server_epoch);
  const after = await settleResults(exchange.sent, answer);
  await takeIn(answer);
  await keepPrompts(answer.prompts, asOf);
  if (after.forked) await fork();
  if (after.notOurs) return { state: 'not-ours' };
  await offerKept();
  if (answer.more || after.forked || (await nextRows(1)).length > 0) return 'again';
  return (await outboxCount()) > 0 ? { state: 'done', held: true } : { state: 'done' };
}

async function fork(): Promise<void> {
  await forkDevice();
  await register();
}

/** A server restored from before our enrolment does not know the device: enrol again. */
async function onUnknownDevice(error: unknown): Promise<'again'> {
  if (!(error instanceof Refusal) || error.code !== 'device_unknown') throw error;
  await enrolAgain();
  return 'again';
}

/** After a restore: offer what this phone kept, and send what the server lacks. It stays due till all of it is queued. */
async function offerKept(): Promise<void> {
  const offer = (await setting('sync'))?.to_offer;
  if (!offer) return;
  const { device_id } = await device();
  const ids = await keptIds();
  const lost: Id[] = [];
  for (let at = 0; at < ids.length; at += MISSING_MAX) {
    lost.push(...(await api.syncMissing(device_id, ids.slice(at, at + MISSING_MAX), currentPerson())).missing);
  }
  await sendAgain(lost, offer);
}

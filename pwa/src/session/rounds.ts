/** When to exchange: after a save, at start, when the network or the page comes back, by the minute, after a failure. */

import * as api from '../api';
import { Offline, Refusal } from '../api';
import { ticks } from '../clock';
import { deliver, flush, type Outcome, sealNext, tryAll } from '../journal/engine';
import { tend } from '../pulse/engine';
import { pace } from '../pulse/sending';
import { wakeWorkerLater } from '../push/registration';
import { closeSettled } from '../push/shown';
import { mend } from '../push/subscription';
import { listen } from '../store/changes';
import { currentPerson } from '../store/database';
import { cached, keepCached } from '../store/values';
import { me, online, refresh } from '../store/view';
import { settleIdentity } from './account-key';
import { backoff } from './backoff';
import { paySignOut } from './leaving';
import { keepMark } from './lost';
import { adopt } from './me';
import { keys, needsUpdate, session } from './state';
import { askToPersist } from './storage';
import { wiped } from './wiped';

const MINUTE_MS = 60_000;
const AFTER_SAVE_MS = 250;
/** Each token needs at most three exchanges: its record, its finished form, the record's withdrawal. */
const STEPS_MAX = 4;

let running: Promise<void> | null = null;
let again = false;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Monotonic milliseconds before which nothing goes by itself, because the server asked for it. */
let notBefore = 0;

/** One round now; a call during a round makes it run once more. Never rejects; the signals tell. */
export function round(): Promise<void> {
  again = running !== null;
  running ??= (async () => {
    do {
      again = false;
      await oneRound();
    } while (again);
  })().finally(() => {
    running = null;
  });
  return running;
}

async function oneRound(): Promise<void> {
  clearTimeout(timer);
  if (!currentPerson()) return paySignOut().catch(() => {});
  void closeSettled().catch(() => {});
  let outcome: Outcome;
  try {
    outcome = await exchange();
  } catch (error) {
    outcome = failed(error);
  }
  if (outcome.state === 'signed-out' && me.value?.role === 'resident') {
    session.value = 'needs-sign-in';
    outcome = await deliver();
  }
  const person = currentPerson();
  if (outcome.state === 'removed' && person) return wiped(person, 'removed');
  take(outcome);
  await keepMark();
  await refresh();
}

function failed(error: unknown): Outcome {
  if (error instanceof Refusal && error.status === 401) return { state: 'signed-out' };
  if (error instanceof Offline) return { state: 'unreachable', after: null };
  return { state: 'unreachable', after: error instanceof Refusal ? error.retryAfter : null };
}

async function exchange(): Promise<Outcome> {
  if (keys.value !== 'locked') await sealNext();
  await readMe();
  if (me.value?.role !== 'resident') return { state: 'done' };
  if (keys.value !== 'ready') keys.value = await settleIdentity(me.value);
  await readLibrary();
  let outcome = await flush();
  for (let step = 0; outcome.state === 'done' && step < STEPS_MAX; step += 1) {
    // The group's side may be away while the journal is well: it is tried again with the next round.
    if (!(await tend().catch(() => false))) break;
    outcome = await flush();
  }
  return outcome;
}

/** A demo's clock moves, so it is asked every time; elsewhere Me is read once a start. */
async function readMe(): Promise<void> {
  if (session.value === 'signed-in' && fresh && me.value?.demo === null) return;
  const who = await api.me();
  if (who.id !== currentPerson()) throw new Refusal(401, 'another_person', '');
  await adopt(who);
  // A demo's block may close within the minute; its answers must be in the box by then.
  if (who.demo) Object.assign(pace, { min: 0, max: 2_000 });
  fresh = true;
}
let fresh = false;

async function readLibrary(): Promise<void> {
  const held = await cached('library');
  const { value, etag } = await api.library(held?.etag ?? null);
  if (value) await keepCached('library', { etag, value });
}

function take(outcome: Outcome): void {
  online.value = outcome.state !== 'unreachable';
  needsUpdate.value = outcome.state === 'done' && outcome.held === true;
  if (outcome.state === 'done' || outcome.state === 'locked') session.value = 'signed-in';
  if (outcome.state === 'signed-out' || outcome.state === 'not-ours') session.value = 'needs-sign-in';
  if (outcome.state === 'locked') keys.value = 'locked';
  const after = outcome.state === 'unreachable' ? outcome.after : null;
  const well = outcome.state === 'done' || outcome.state === 'locked';
  failures = well ? 0 : failures + 1;
  notBefore = ticks() + (after ?? 0) * 1000;
  if (session.value !== 'signed-in' && outcome.state !== 'unreachable') return;
  if (outcome.state === 'unreachable') void wakeWorkerLater();
  // A hidden page that has nothing to send rests; becoming visible starts a round.
  if (well && document.visibilityState !== 'visible') return;
  timer = setTimeout(round, well ? MINUTE_MS : backoff(failures, after));
}

/** A save is painted before anything is sealed: sealing takes the main thread for longer than a frame. */
function soon(): void {
  clearTimeout(timer);
  timer = setTimeout(round, Math.max(AFTER_SAVE_MS, notBefore - ticks()));
}

/** A round by itself: now, or when the server said that it may be. */
function nudge(): void {
  if (ticks() < notBefore) soon();
  else void round();
}

/** The person wants it tried now, and everything that waits with it. */
export function tryNow(): Promise<void> {
  tryAll();
  return round();
}

/** Somebody looks at the page. */
function present(): void {
  nudge();
  if (session.value === 'signed-in') void mend().catch(() => {});
  void (navigator as Navigator & { clearAppBadge?(): Promise<void> }).clearAppBadge?.().catch(() => {});
}

/** Called once, after the store is awake. */
export function watch(): void {
  listen((change) => {
    if (change !== 'outbox') return;
    soon();
    void keepMark().catch(() => {});
    void askToPersist().catch(() => {});
  });
  addEventListener('online', () => {
    nudge();
    void mend().catch(() => {});
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') present();
  });
  present();
}

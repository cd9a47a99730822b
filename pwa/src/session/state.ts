/** Who is signed in and what stands between the phone and the server. */

import { signal } from '@preact/signals';
import type { Wiped } from '../store/wipe';

export type SessionState =
  /** Reading what the phone knows. */
  | 'starting'
  /** Nobody is signed in on this phone. */
  | 'signed-out'
  | 'signed-in'
  /** The session ended; everything saved stays, and goes out after signing in again. */
  | 'needs-sign-in'
  /** This phone was removed from the account, or the account erased: nothing is kept here any more. */
  | 'wiped';

/** The state of the key that seals the journal. */
export type KeysState =
  | 'none'
  | 'ready'
  /** The account has a key this browser does not: enter the twelve words, or start anew. */
  | 'locked';

/** Why nothing is kept here any more, while that is told. */
export const wipedWhy = signal<Wiped | null>(null);
export const session = signal<SessionState>('starting');
export const keys = signal<KeysState>('none');
/** A recovery wrap exists on the server. */
export const recoveryMade = signal(false);
/** The server does not take what this version writes: a newer version of the app is needed to deliver it. */
export const needsUpdate = signal(false);

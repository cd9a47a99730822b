/** What the phone keeps, and where. One database per person, so that a phone that changes hands never mixes two people. */

import type { DBSchema } from 'idb';
import type { Answers, B64u, Block, Day, Id, Instant, Library, Op, OpKind, Prompt, Release, Sheet } from '../contract';

/** Database versions by name; a new one is added at the end and gets its own step in `upgrade`. */
export const VERSIONS = { first: 1 } as const;
export const VERSION = VERSIONS.first;

/** AES-GCM output under this device's key. */
export interface Locked {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export interface DeviceRow {
  device_id: Id;
  next_seq: number;
  acked_through: number;
  /** The server knows this device. */
  registered: boolean;
  /** 32 random bytes, base64url, under which this phone may deliver and nothing else; older stores have none yet. */
  secret?: B64u;
  /** Numbers nobody waits for any more: what had them was let go on purpose. A gap there is nothing to report. */
  let_go: number[];
  /** The id this store wrote under before, so that the server does not take it for another phone. */
  instead_of?: Id;
}

/** What an op carries; decides whether the resident sees it counted as waiting. */
export type Cargo = 'checkin' | 'prompt' | 'token';

export interface OutboxRow extends Omit<Op, 'proto' | 'body' | 'mac'> {
  cargo: Cargo;
  /** The body before sealing, locked under the device key; null once sealed, and for ops without a secret. */
  plain: Locked | null;
  /** The body as it will be sent; null until sealed. Written back before sending, so a retry sends the same bytes. */
  body: string | null;
  /**
   * It was delivered before, or another copy may deliver it: sent again after a restore, stamped anew, or put back from
   * a rescue file. Its bytes may differ from those the server has, and then the server's stand.
   */
  restamped?: true;
  /** It waits without keeping others waiting since then, in milliseconds on the app's clock; see `nextRows`. */
  held?: number;
}

export interface KeptRow {
  op_id: Id;
  entity_id: Id;
  op: Op;
  cargo: Cargo;
  /** Milliseconds since 1970 when the server answered, by the server's clock: this phone's may jump. */
  at: number;
}

export interface JournalRow {
  entity_id: Id;
  op_id: Id;
  /** Null while only this phone has it; 0 when delivered under an earlier epoch. */
  server_seq: number | null;
  occurred_at: Instant;
  /** When this revision was written; absent on rows of an earlier version, and then as old as the entry. */
  revised_at?: Instant;
  withdrawn: boolean;
  /** Why the server set it aside; null when it did not. */
  parked: string | null;
  /** Null when withdrawn. */
  box: Locked | null;
  /** What it said before it was edited, oldest first. */
  earlier?: Earlier[];
}

/** A revision that a later one replaced. */
export interface Earlier {
  op_id: Id;
  /** When it was written. */
  occurred_at: Instant;
  box: Locked;
}

export interface Checkin {
  type: 'checkin';
  v: 1;
  protocol: string;
  version: number;
  answers: Answers;
  prompt_id: Id | null;
  /** The resident's own calendar day, which decides the block it counts in. */
  day: Day;
}

export interface Draft {
  protocol: string;
  version: number;
  prompt_id: Id | null;
  answers: Answers;
  /** Items passed over on purpose. */
  skipped: string[];
  /** The item on screen. */
  at: string | null;
  /** What the entry will be called, so that two windows that save one draft make one entry. */
  entity?: Id;
}

/** Everything here is base64url. `inv` and `blinded_msg` exist only between the request and its answer. */
export interface TokenRow {
  /** `<group>/<block>` */
  id: string;
  entity_id: Id;
  server_seq: number | null;
  key_id: B64u;
  input_msg: B64u | null;
  blinded_msg: B64u | null;
  inv: B64u | null;
  nonce: B64u | null;
  sig: B64u | null;
}

export interface SheetRow {
  /** `<group>/<block>` */
  id: string;
  counter: number;
  /** The sheet the box confirmed last, without its counter; null when it has none of ours. */
  sent: string | null;
  /** The sheet on its way: the same bytes go again when no answer came. */
  going: Sheet | null;
  box_epoch: string | null;
  /** Something changed since the last confirmed sheet; a hint for the screen, the engine compares contents. */
  due: boolean;
  /** The resident took the block's answers back. */
  taken_back: boolean;
  state: 'open' | 'closed';
}

/** As it lies on the disk: what the sheet says is locked. Versions before this one left it open; it is read all the same. */
export type SheetKept = Omit<SheetRow, 'sent' | 'going'> & {
  sent: Locked | string | null;
  going: Locked | Sheet | null;
};

export interface KeyMap {
  device: CryptoKey;
  identity: { secret: Locked; public_key: string; mac: CryptoKey };
}

export interface CacheMap {
  library: { etag: string | null; value: Library };
  prompts: Prompt[];
  blocks: Block[];
  releases: { etag: string | null; value: Release[] };
  /** See `rhythm.ts`. */
  rhythm: Locked;
}

/** The journal protocol's position; `holes` are seqs of this device the server never saw. */
export interface SyncRow {
  epoch: string | null;
  cursor: string | null;
  holes: number[];
  /** Ops that could not be opened, by op id: counted and told, never dropped silently. */
  unopened: Id[];
  /** The server lost something: what was kept has to be offered to it. A fresh id each time; null when none is due. */
  to_offer: Id | null;
}

/** What this phone kept and does not have any more; told until the person has read it. */
export interface Lost {
  /** The browser cleared the store, or an older copy of it was put in its place. */
  why: 'cleared' | 'set-back';
  /** Check-ins that were not delivered; null when nobody can know. */
  waiting: number | null;
}

export interface SettingMap {
  device: DeviceRow;
  sync: SyncRow;
  /** Key ids seen and accepted, by `<group>/<block>`. */
  pinned: Record<string, B64u>;
  /** Warnings of the pulse engine, by `<group>/<block>`: a code of pulse.md. */
  alarms: Record<string, string>;
  push: { wanted: boolean; endpoint: string | null; confirmed_at: Instant | null };
  recovery: { made: boolean };
  lost: Lost | null;
}

export interface PersonDb extends DBSchema {
  settings: { key: string; value: SettingMap[keyof SettingMap] };
  keys: { key: string; value: KeyMap[keyof KeyMap] };
  cache: { key: string; value: CacheMap[keyof CacheMap] };
  outbox: { key: Id; value: OutboxRow; indexes: { seq: number } };
  kept: { key: Id; value: KeptRow; indexes: { at: number; entity: Id } };
  journal: { key: Id; value: JournalRow };
  drafts: { key: string; value: Locked };
  tokens: { key: string; value: TokenRow };
  sheets: { key: string; value: SheetKept };
}

/** All of a person's stores. */
export const KEPT_STORES = [
  'keys',
  'settings',
  'cache',
  'outbox',
  'kept',
  'journal',
  'drafts',
  'tokens',
  'sheets',
] as const satisfies readonly StoreName[];

export type StoreName = 'settings' | 'keys' | 'cache' | 'outbox' | 'kept' | 'journal' | 'drafts' | 'tokens' | 'sheets';

export type { OpKind };

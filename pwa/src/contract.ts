/** The wire contract: what the server sends and takes. Times are ISO 8601 in UTC unless a comment says otherwise. */

export type Id = string;
export type Instant = string;
/** A calendar day, YYYY-MM-DD, in the zone its owner lives in. */
export type Day = string;
/** Bytes as base64url without padding. */
export type B64u = string;

export type Role = 'resident' | 'coach' | 'coordinator';

export interface Membership {
  id: Id;
  name: string;
  kind: 'resident' | 'coach';
}

export interface Me {
  id: Id;
  name: string;
  email: string;
  role: Role;
  zone: string;
  groups: Membership[];
  push_key: B64u;
  identity: { public_key: string } | null;
  /** Present in a demo instance only: how many seconds the demo's clock is ahead of ours. */
  demo: { offset_s: number } | null;
  residents_first_h: number;
}

export type ItemType = 'scale' | 'slider' | 'chips' | 'yesno' | 'text' | 'ack';
export type Audience = 'phone' | 'group' | 'group_sensitive' | 'consent';

/** `in`: the chosen option index or slider value is in the list; chips: any of them is. */
export interface ChosenCond {
  item: string;
  in: number[];
}

/** Worked out on the phone: the answer was at most `at_most` in `times` of the last `of` answers, this one included. */
export interface RunCond {
  run: { item: string; at_most: number; times: number; of: number };
}

export type Cond = ChosenCond | RunCond;

export interface Item {
  id: string;
  type: ItemType;
  text: string;
  note?: string | null;
  options: string[];
  max?: number | null;
  min?: number | null;
  optional: boolean;
  audience: Audience;
  show_if: Cond | null;
}

export interface Protocol {
  id: string;
  version: number;
  name: string;
  theme: string;
  basis: string;
  pushed: boolean;
  est_s: [number, number];
  k: number;
  items: Item[];
  close: string;
  own: { item: string; title: string } | null;
  heavy: Cond | null;
}

export interface Library {
  version: string;
  protocols: Protocol[];
}

/** scale, yesno and ack: option index; slider: 0..10; chips: indices; text: words. A skipped item is absent. */
export type Answer = number | number[] | string;
export type Answers = Record<string, Answer>;

export type OpKind = 'create' | 'revise' | 'withdraw' | 'prompt';

export interface Op {
  proto: 1;
  op_id: Id;
  device_id: Id;
  seq: number;
  entity_id: Id;
  kind: OpKind;
  base: Id | null;
  occurred_at: Instant;
  body: string;
  mac: B64u;
}

export type OpStatus = 'applied' | 'dup' | 'parked' | 'conflict' | 'fork' | 'later' | 'not_yours';

export interface OpResult {
  op_id: Id;
  seq: number;
  status: OpStatus;
  server_seq?: number | null;
  reason?: string | null;
}

export interface SyncRequest {
  proto: 1;
  nonce: string;
  client_now: Instant;
  known_epoch: string | null;
  cursor: string | null;
  acked_through: number;
  device_id: Id;
  ops: Op[];
}

export interface SyncAnswer {
  proto: 1;
  nonce: string;
  server_epoch: string;
  server_now: Instant;
  results: OpResult[];
  acked_through: number;
  holes: number[];
  changes: { server_seq: number; op: Op }[];
  more: boolean;
  cursor: string;
  prompts: Prompt[];
}

export type PromptState = 'planned' | 'open' | 'answered' | 'snoozed' | 'declined' | 'passed';

export interface Prompt {
  id: Id;
  protocol: string;
  due_at: Instant;
  until: Instant;
  state: PromptState;
  why: string;
}

export type PromptOutcome = 'answered' | 'snoozed' | 'declined';

export interface Slot {
  /** Monday is 0. */
  weekday: number;
  /** HH:MM on the resident's own clock. */
  time: string;
  protocol: string;
}

export interface Rhythm {
  slots: Slot[];
  quiet_from: string;
  quiet_to: string;
  paused_until: Day | null;
  zone: string;
}

/** A "max" cell takes one position (0..max); an "options" cell takes one 0/1 position for each option. 255: not answered. */
export type ShapeCell = { item: string; max: number } | { item: string; options: number; pick: number };
export type Shape = Record<string, ShapeCell[]>;

export interface BlockKey {
  group: Id;
  block: string;
  key_id: B64u;
  spki: B64u;
  shape: Shape;
}

export interface Block extends BlockKey {
  open_day: Day;
  end_day: Day;
  closes_at: Instant;
  eligible: boolean;
  eligible_count: number;
  pinned_by: B64u | null;
}

/** A release as the box shows it to everybody; `next` announces the keys of later blocks, by block. */
export interface BoxRelease {
  group: Id;
  block: string;
  key_id: B64u;
  eligible: number;
  issued: number;
  next: Record<string, B64u>;
}

export interface BoxKeys {
  keys: BlockKey[];
  epoch: string;
  list_hash: string;
}

export interface Sheet {
  v: 1;
  c: number;
  w: boolean;
  a: Record<string, number[]>;
  s: string[];
}

export type Band = 'few' | 'half' | 'most';

export interface Cell {
  protocol: string;
  item: string;
  words: string;
  kind: 'share' | 'chips';
  state: 'shown' | 'not_enough';
  band: Band | null;
  chips: { words: string; band: Band }[] | null;
  why: string | null;
}

export interface Release {
  group: { id: Id; name: string };
  block: string;
  open_day: Day;
  end_day: Day;
  published_at: Instant;
  key_id: B64u;
  eligible: number;
  issued: number;
  cells: Cell[];
  agenda: { question: string; step: string; from: string } | null;
  note: string;
}

export interface CoachReleases {
  group_count: number;
  groups: { group: { id: Id; name: string }; next_release_at: Instant; releases: Release[] }[];
}

export interface RosterPerson {
  id: Id;
  name: string;
  email: string;
  role: Role;
  group: { id: Id; name: string } | null;
  state: 'member' | 'disabled';
}

export interface Invitation {
  email: string;
  name: string;
  role: Role;
  group_id: Id | null;
  zone?: string;
}

export interface Group {
  id: Id;
  name: string;
  zone: string;
  term_start: Day;
  block_weeks: number;
}

export interface NewGroup {
  name: string;
  zone: string;
  term_start: Day;
}

export interface PushSubscriptionState {
  endpoint: string | null;
  confirmed_at: Instant | null;
}

export interface Demo {
  now: Instant;
  offset_s: number;
  target_offset_s: number;
  next_release_at: Instant | null;
  people: { name: string; role: Role; email: string; code: string }[];
}

/** An RFC 9457 body. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: Record<string, unknown>;
}

/**
 * The wire contract by the names the app uses. The shapes come from `wire.ts`, which is made from the server's own
 * document; here is added only what that document cannot say: unions, fixed numbers, and what a string means.
 */

import type { components, paths } from './wire';

type Schemas = components['schemas'];
type BoxAnswer<P extends '/box/keys' | '/box/releases'> =
  paths[P]['get']['responses'][200]['content']['application/json'];
type BoxSheet = NonNullable<paths['/box/sheets']['put']['requestBody']>['content']['application/json'];

export type Id = string;
/** ISO 8601 in UTC. */
export type Instant = string;
/** A calendar day, YYYY-MM-DD, in the zone its owner lives in. */
export type Day = string;
/** Bytes as base64url without padding. */
export type B64u = string;

export type Me = Schemas['Me'];
export type Role = Me['role'];
export type Membership = Schemas['GroupRef'];
export type Device = Schemas['DeviceShape'];
export type Enrolled = Schemas['EnrolledShape'];
export type Enrolment = Required<Schemas['DeviceRequest']>;
export type Delivered = Schemas['DeliveryAnswer'];
export type PublicKey = Schemas['PublicKey'];
export type Wraps = Schemas['Wraps'];
export type ProblemBody = Schemas['ProblemShape'];

/** `in`: the chosen option index or slider value is in the list; chips: any of them is. */
export type ChosenCond = Required<Pick<Schemas['CondShape'], 'item' | 'in'>>;
/** Worked out on the phone: the answer was at most `at_most` in `times` of the last `of` answers, this one included. */
export type RunCond = Required<Pick<Schemas['CondShape'], 'run'>>;
export type Cond = ChosenCond | RunCond;

export type Item = Omit<Schemas['ItemShape'], 'show_if'> & { show_if: Cond | null };
export type ItemType = Item['type'];
export type Audience = Item['audience'];
export type Protocol = Omit<Schemas['ProtocolShape'], 'items' | 'heavy' | 'est_s'> & {
  items: Item[];
  heavy: Cond | null;
  /** Seconds: the shortest way through and the longest. */
  est_s: [number, number];
};
export type Library = Omit<Schemas['LibraryAnswer'], 'protocols'> & { protocols: Protocol[] };

/** scale, yesno and ack: option index; slider: 0..10; chips: indices; text: words. A skipped item is absent. */
export type Answer = number | number[] | string;
export type Answers = Record<string, Answer>;

export type OpKind = 'create' | 'revise' | 'withdraw' | 'prompt';
export type Op = Omit<Schemas['OpShape'], 'proto' | 'kind'> & { proto: 1; kind: OpKind };
export type OpResult = Schemas['ResultShape'];
export type OpStatus = OpResult['status'];
/** The phone always says everything, also where the server would take a default. */
export type SyncRequest = Required<Omit<Schemas['SyncRequest'], 'proto' | 'ops'>> & { proto: 1; ops: Op[] };
export type SyncAnswer = Omit<Schemas['SyncAnswer'], 'proto' | 'changes'> & {
  proto: number;
  changes: { server_seq: number; op: Op }[];
};
export type Missing = Schemas['MissingAnswer'];

export type Prompt = Schemas['PromptShape'];
export type PromptState = Prompt['state'];
export type PromptOutcome = Extract<PromptState, 'answered' | 'snoozed' | 'declined'>;

/** Weekdays count from Monday, which is 0; times are HH:MM on the resident's own clock. */
export type Slot = Schemas['SlotShape'];
export type Rhythm = Schemas['RhythmShape'];
export type RhythmChange = Schemas['RhythmChange'];
/** How often a check-in is wanted. */
export type Level = 'more' | 'usual' | 'less' | 'off';
/** Two weeks as they will be if nothing changes. */
export type Preview = Schemas['PreviewAnswer'];
export type ComingDay = Schemas['ComingDay'];
/** The resident's own shift calendar: its hours, never its titles. */
export type ShiftCalendar = Schemas['CalendarAnswer'];
export type Shift = Schemas['ShiftShape'];
export type PushSubscriptionState = Schemas['KnownAnswer'];
export type Confirmed = Schemas['ConfirmedAnswer'];
export type PushHealth = Schemas['HealthAnswer'];
export type PushEmail = Schemas['EmailAnswer'];
export type PushTest = Schemas['TrialAnswer'];

/** A "max" cell takes one position (0..max); an "options" cell takes one 0/1 position for each option. 255: not answered. */
export type ShapeCell = { item: string; max: number } | { item: string; options: number; pick: number };
export type Shape = Record<string, ShapeCell[]>;
export type Block = Omit<Schemas['BlockShape'], 'shape'> & { shape: Shape };
export type BlockKey = Omit<BoxAnswer<'/box/keys'>['keys'][number], 'shape'> & { shape: Shape };
export type BoxKeys = Omit<BoxAnswer<'/box/keys'>, 'keys'> & { keys: BlockKey[] };
export type BlindSignature = Schemas['IssueAnswer'];
export type Sheet = BoxSheet['sheet'];
export type SheetAnswer = paths['/box/sheets']['put']['responses'][200]['content']['application/json'];

/** What the box tells everybody of a release: its digest, and by block the keys of later blocks, but not what it says. */
export type BoxRelease = BoxAnswer<'/box/releases'>['releases'][number];

export type Cell = Schemas['ReleasedCell'];
export type Band = NonNullable<Cell['band']>;
/** As a resident sees it; `body` is its text, whose digest the box lists for everybody. */
export type Release = Schemas['ReleaseShape'];
/** As a coach sees it: without the counts and the text. */
export type CoachRelease = Schemas['CoachRelease'];
export type CoachReleases = Schemas['CoachReleases'];

export type RosterPerson = Schemas['PersonShape'];
export type Invitation = Schemas['PersonRequest'];
export type Group = Schemas['GroupShape'];
export type NewGroup = Schemas['GroupRequest'];

/** A demo instance's own route, which the product's document leaves out. */
export interface Demo {
  now: Instant;
  offset_s: number;
  target_offset_s: number;
  next_release_at: Instant | null;
}

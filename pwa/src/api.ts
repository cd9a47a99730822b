/** The only file that fetches. Every call either returns what the contract says or throws Refusal or Offline. */

import type * as c from './contract';

/** The server answered no. `code` comes from its catalogue of problems; `retryAfter` is in seconds. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly retryAfter: number | null = null,
    readonly members: Record<string, unknown> = {},
  ) {
    super(code);
  }
}

/** No answer that can be trusted came back: no network, a timeout, or a captive portal that answered in our place. */
export class Offline extends Error {}

const TIMEOUT_MS = 20_000;

/** The box must not learn who asks: no cookie, no referrer, no cache, no redirect. */
const ANONYMOUS: RequestInit = {
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
  cache: 'no-store',
  redirect: 'error',
};
const NAMED: RequestInit = { credentials: 'same-origin', cache: 'no-store', redirect: 'error' };

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  } catch (error) {
    throw new Offline(path, { cause: error });
  }
}

async function readJson(answer: Response): Promise<Record<string, unknown>> {
  const type = answer.headers.get('content-type') ?? '';
  if (!/^application\/(problem\+)?json\b/.test(type)) throw new Offline('not an answer of ours');
  try {
    return await answer.json();
  } catch (error) {
    throw new Offline('the answer was cut', { cause: error });
  }
}

/** Retry-After may be seconds or an HTTP date; both become seconds. */
function waitSeconds(answer: Response): number | null {
  const said = answer.headers.get('retry-after');
  if (said === null) return null;
  if (/^\d+$/.test(said)) return Number(said);
  const date = Date.parse(said);
  const sent = Date.parse(answer.headers.get('date') ?? '');
  return Number.isNaN(date) || Number.isNaN(sent) ? null : Math.max(0, (date - sent) / 1000);
}

async function settle(answer: Response): Promise<unknown> {
  if (answer.status === 204) return null;
  if (answer.status === 304) return undefined;
  if (answer.status >= 502 && answer.status <= 504 && !(answer.headers.get('content-type') ?? '').includes('json')) {
    throw new Refusal(answer.status, 'unavailable', '', waitSeconds(answer));
  }
  const body = await readJson(answer);
  if (answer.ok) return body;
  const { code, detail, title } = body as Partial<c.ProblemBody>;
  throw new Refusal(answer.status, code ?? 'unknown', detail ?? title ?? '', waitSeconds(answer), body);
}

async function call<T>(method: string, path: string, body?: unknown, base: RequestInit = NAMED): Promise<T> {
  const init: RequestInit = { ...base, method };
  if (body !== undefined) {
    init.headers = { ...init.headers, 'content-type': 'application/json' };
    init.body = typeof body === 'string' ? body : JSON.stringify(body);
  }
  return (await settle(await reach(path, init))) as T;
}

const get = <T>(path: string) => call<T>('GET', path);
const post = <T>(path: string, body: unknown) => call<T>('POST', path, body);
const put = <T>(path: string, body: unknown) => call<T>('PUT', path, body);

/** An answer with its ETag; `value` is null when nothing changed since `etag`. */
export interface Tagged<T> {
  value: T | null;
  etag: string | null;
}

async function tagged<T>(path: string, etag: string | null): Promise<Tagged<T>> {
  const headers: HeadersInit = etag ? { 'if-none-match': etag } : {};
  const answer = await reach(path, { ...NAMED, headers });
  const value = (await settle(answer)) as T | undefined;
  return { value: value ?? null, etag: answer.headers.get('etag') ?? etag };
}

const q = encodeURIComponent;

export const askForCode = (email: string) => post<object>('/api/sign-in/code', { email });
export const signIn = (email: string, code: string, device_name: string) =>
  post<c.Me>('/api/sign-in', { email, code, device_name });
export const signOut = () => post<null>('/api/sign-out', {});
export const me = () => get<c.Me>('/api/me');
export const library = (etag: string | null = null) => tagged<c.Library>('/api/library', etag);

/** `person_id`: whose store asks; a session of somebody else is then told `other_person`, and nothing happens. */
export const putDevice = (id: c.Id, told: c.Enrolment) => put<c.Enrolled>(`/api/devices/${q(id)}`, told);
export const devices = () => get<{ devices: c.Device[] }>('/api/devices');
export const renameDevice = (id: c.Id, name: string) => call<c.Device>('PATCH', `/api/devices/${q(id)}`, { name });
export const removeDevice = (id: c.Id) => call<null>('DELETE', `/api/devices/${q(id)}`, {});
export const eraseMe = (code: string) => post<null>('/api/me/erase', { code });
export const putIdentity = (public_key: string, replaces: string | null) =>
  put<c.PublicKey>('/api/identity', { public_key, replaces });
export const wraps = () => get<c.Wraps>('/api/wraps');
export const putWrap = (kind: string, body: string) => put<object>(`/api/wraps/${q(kind)}`, { body });
/** Nothing of what the passkey told in secret is ever part of it. */
export const putPasskey = (body: string, credential_id: string) =>
  put<object>('/api/wraps/passkey', { body, credential_id });
export const dropPasskey = () => call<null>('DELETE', '/api/wraps/passkey', {});

/** A new phone asks for the journal key; the other one sees it, gives it, and the new one takes it, once. */
export const askHandover = (public_key: string) => put<c.PublicKey>('/api/handover', { public_key });
export const handover = () => get<c.PublicKey>('/api/handover');
export const giveHandover = (public_key: string, body: string) =>
  post<null>('/api/handover/give', { public_key, body });
export const takeHandover = (public_key: string) => post<{ body: string | null }>('/api/handover/take', { public_key });

/** `proto` is the newest version the server takes; an older app may always deliver. */
const isAnswer = ({ proto, results, changes, holes }: c.SyncAnswer): boolean =>
  proto >= 1 && [results, changes, holes].every(Array.isArray);

/** One exchange. An answer without our nonce came from somebody in between and counts as no answer. */
export async function sync(request: c.SyncRequest): Promise<c.SyncAnswer> {
  const answer = await post<c.SyncAnswer>('/api/sync', request);
  if (answer?.nonce !== request.nonce || !isAnswer(answer)) throw new Offline('another nonce');
  return answer;
}

/** Ops under the phone's own secret, without the session's cookie. The answer holds nothing to read but their results. */
export async function deliver(device_id: c.Id, secret: string, ops: c.Op[]): Promise<c.Delivered> {
  const nonce = crypto.randomUUID();
  const own: RequestInit = {
    ...NAMED,
    credentials: 'omit',
    headers: { authorization: `Device ${device_id}.${secret}` },
  };
  const answer = await call<c.Delivered>('POST', '/api/sync/deliver', { proto: 1, nonce, ops }, own);
  if (answer?.nonce !== nonce || !Array.isArray(answer.results)) throw new Offline('another nonce');
  return answer;
}

/** Which of these ops the server lacks. An answer that is no list came from somebody in between. */
export async function syncMissing(device_id: c.Id, op_ids: c.Id[], person_id: c.Id | null): Promise<c.Missing> {
  const answer = await post<c.Missing>('/api/sync/missing', { device_id, op_ids, person_id });
  if (!Array.isArray(answer?.missing)) throw new Offline('no list');
  return answer;
}

export const prompts = () => get<{ prompts: c.Prompt[] }>('/api/prompts');
export const askNow = (protocol: string | null) => post<c.Prompt>('/api/prompts/ask-now', { protocol });
export const rhythm = () => get<c.Rhythm>('/api/rhythm');
export const putRhythm = (body: c.RhythmChange) => put<c.Rhythm>('/api/rhythm', body);
export const preview = () => get<c.Preview>('/api/rhythm/preview');
export const shifts = () => get<c.ShiftCalendar>('/api/shifts');
export const putShifts = (body: { ics: string } | { url: string }) => put<c.ShiftCalendar>('/api/shifts', body);
export const dropShifts = () => call<null>('DELETE', '/api/shifts');

/** `key` is the server's key the browser subscribed under; null where the browser does not tell. */
export const putSubscription = (
  device_id: c.Id,
  endpoint: string,
  keys: { p256dh: string; auth: string },
  key: c.B64u | null,
) => put<c.Confirmed>('/api/push/subscription', { device_id, endpoint, keys, key });
export const subscription = (device_id: c.Id) =>
  get<c.PushSubscriptionState>(`/api/push/subscription?device_id=${q(device_id)}`);
export const dropSubscription = (device_id: c.Id) =>
  call<null>('DELETE', `/api/push/subscription?device_id=${q(device_id)}`);

/** The phone is alive and shows what it is sent; the server keeps the day. */
export const pushSeen = (device_id: c.Id) => post<null>('/api/push/seen', { device_id });
export const pushHealth = (device_id: c.Id) => get<c.PushHealth>(`/api/push/health?device_id=${q(device_id)}`);
export const startPushTest = (device_id: c.Id) => post<c.PushTest>('/api/push/test', { device_id });
export const pushTest = (device_id: c.Id) => get<c.PushTest>(`/api/push/test?device_id=${q(device_id)}`);
export const confirmPushTest = (device_id: c.Id, id: string) => post<null>('/api/push/test/confirm', { device_id, id });
export const putPushEmail = (on: boolean) => put<c.PushEmail>('/api/push/email', { on });

export const blocks = () => get<{ blocks: c.Block[] }>('/api/pulse/blocks');
export const issue = (key_id: c.B64u, blinded_msg: c.B64u) =>
  post<c.BlindSignature>('/api/pulse/issue', { key_id, blinded_msg });
export const releases = (etag: string | null = null) => tagged<{ releases: c.Release[] }>('/api/pulse/releases', etag);

export const boxKeys = () => call<c.BoxKeys>('GET', '/box/keys', undefined, ANONYMOUS);
/** `body` is the sheet's message, already padded to its fixed number of bytes. */
export const putSheet = (body: string) => call<c.SheetAnswer>('PUT', '/box/sheets', body, ANONYMOUS);
export const boxReleases = () => call<{ releases: c.BoxRelease[] }>('GET', '/box/releases', undefined, ANONYMOUS);

export const coachReleases = (etag: string | null = null) => tagged<c.CoachReleases>('/api/coach/releases', etag);
export const people = () => get<{ people: c.RosterPerson[] }>('/api/coordinator/people');
export const invite = (body: c.Invitation) => post<c.RosterPerson>('/api/coordinator/people', body);
export const groups = () => get<{ groups: c.Group[] }>('/api/coordinator/groups');
export const makeGroup = (body: c.NewGroup) => post<c.Group>('/api/coordinator/groups', body);

/** Demo instances only; elsewhere a Refusal with status 404. */
export const demo = () => get<c.Demo>('/api/demo');
export const advanceDemo = (by: { seconds: number } | { to: 'next_release' }) =>
  post<{ target_offset_s: number }>('/api/demo/advance', by);

/** Lets a request of the page through to the network as it is; for the service worker, when its cache was evicted. */
export const passThrough = (request: Request) => fetch(request);

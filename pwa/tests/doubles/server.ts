/** A server in a function: routes by method and path, and faults on demand. Stands where `fetch` stands. */

import type { Block, BoxKeys, BoxRelease, Me, Op, Prompt, Release } from '../../src/contract';
import { Log } from './log';

export const RITA: Me = {
  id: '11111111-1111-4111-8111-111111111111',
  name: 'Rita',
  email: 'rita@example.org',
  role: 'resident',
  zone: 'America/New_York',
  groups: [{ id: 'g1', name: 'Medicine', kind: 'resident' }],
  push_key: 'BA',
  identity: null,
  demo: null,
  residents_first_h: 24,
};

export interface Seen {
  method: string;
  path: string;
  body: string | null;
  init: RequestInit;
}

type Answer = Response | object | null;

export class Server {
  me: Me = structuredClone(RITA);
  log = new Log();
  wraps = new Map<string, string>();
  credential: string | null = null;
  handover: { public_key: string; body: string | null } | null = null;
  /** The secret of each phone that told one, by its id. */
  secrets = new Map<string, string>();
  blocks: Block[] = [];
  box: BoxKeys = { keys: [], epoch: 'box-1', list_hash: '' };
  releases: Release[] = [];
  /** What the box shows to everybody. */
  published: BoxRelease[] = [];
  seen: Seen[] = [];
  /** What every exchange tells of prompts. */
  prompts: Prompt[] = [];
  /** Whether the cookie opens a session. */
  session = false;
  /** Called before every answer; a Response or an error it gives is used instead. */
  fault: ((seen: Seen) => Response | Error | null) | null = null;
  issue: (body: { key_id: string; blinded_msg: string }) => Answer = () => problem(403, 'not_eligible');
  sheet: (body: string) => Answer = () => ({ counter: 1, withdrawn: false });

  constructor() {
    globalThis.fetch = (input, init = {}) => this.answer(String(input), init);
  }

  paths(): string[] {
    return this.seen.map((s) => `${s.method} ${s.path}`);
  }

  private async answer(path: string, init: RequestInit): Promise<Response> {
    const seen: Seen = { method: init.method ?? 'GET', path, body: (init.body as string) ?? null, init };
    this.seen.push(seen);
    const fault = this.fault?.(seen);
    if (fault instanceof Error) throw fault;
    if (fault) return fault;
    const said = this.route(seen);
    if (said instanceof Response) return said;
    return said === null ? new Response(null, { status: 204 }) : json(said);
  }

  private route({ method, path, body, init }: Seen): Answer {
    const sent = body ? JSON.parse(body) : {};
    if (path === '/api/sign-in') this.session = true;
    if (path === '/api/sign-out') {
      this.session = false;
      return null;
    }
    if (path === '/api/me' || path === '/api/sign-in') return this.me;
    if (path === '/api/prompts/ask-now') return this.ask();
    if (path === '/api/sync/deliver') return this.deliver(init, sent);
    if (path === '/api/devices') return { devices: [...this.log.devices.keys()].map((id) => shown(id, 'A phone')) };
    if (path.startsWith('/api/devices/')) return this.enrol(path.slice('/api/devices/'.length), sent);
    if (path === '/api/me/erase') return this.erase(sent.code);
    if (path === '/api/identity') return this.identity(sent);
    if (path === '/api/wraps') {
      const id = (kind: string) => (kind === 'passkey' ? this.credential : null);
      return { wraps: [...this.wraps].map(([kind, text]) => ({ kind, body: text, credential_id: id(kind) })) };
    }
    if (path.startsWith('/api/wraps/')) return this.wrap(path.slice('/api/wraps/'.length), sent);
    if (path.startsWith('/api/handover')) return this.hand(method, path, sent);
    if (path === '/api/library') return { version: '1', protocols: [] };
    if (path.startsWith('/api/sync') && !this.log.devices.has(sent.device_id)) return problem(409, 'device_unknown');
    if (path.startsWith('/api/sync') && this.log.devices.get(sent.device_id)) return problem(403, 'device_revoked');
    if (path === '/api/sync') return { ...this.log.take(sent), prompts: [...this.prompts] };
    if (path === '/api/sync/missing') {
      const have = new Set([...this.log.ops.map((row) => row.op), ...this.log.parked].map((op) => op.op_id));
      return { missing: (sent.op_ids as string[]).filter((id) => !have.has(id)) };
    }
    if (path === '/api/pulse/blocks') return { blocks: this.blocks };
    if (path === '/api/pulse/releases') return { releases: this.releases };
    if (path === '/api/pulse/issue') return this.issue(sent);
    if (path === '/box/keys') return this.box;
    if (path === '/box/releases') return { releases: this.published };
    if (path === '/box/sheets' && method === 'PUT') return this.sheet(body ?? '');
    return problem(404, 'not_found');
  }

  private enrol(id: string, sent: { name: string; secret?: string }): Answer {
    if (this.log.devices.get(id)) return problem(403, 'device_revoked');
    this.log.devices.set(id, false);
    if (sent.secret) this.secrets.set(id, sent.secret);
    return { ...shown(id, sent.name), reset: null };
  }

  /** Under a phone's own secret: no cookie counts, and the answer holds results only. */
  private deliver(init: RequestInit, sent: { nonce: string; ops: Op[] }): Answer {
    const [id = '', secret] = (new Headers(init.headers).get('authorization') ?? '').slice('Device '.length).split('.');
    if (init.credentials !== 'omit' || !secret || this.secrets.get(id) !== secret) return problem(401, 'signed_out');
    if (this.log.devices.get(id)) return problem(403, 'device_revoked');
    return { proto: 1, nonce: sent.nonce, results: this.log.deliver(sent.ops) };
  }

  private erase(code: string): Answer {
    if (code !== '123456') return problem(401, 'code_wrong');
    for (const id of this.log.devices.keys()) this.log.devices.set(id, true);
    this.session = false;
    return null;
  }

  private identity(sent: { public_key: string; replaces: string | null }): Answer {
    const there = this.me.identity?.public_key ?? null;
    if (there !== sent.replaces) return problem(409, 'identity_exists', { public_key: there });
    if (sent.replaces) this.wraps.clear();
    this.me.identity = { public_key: sent.public_key };
    return { public_key: sent.public_key };
  }

  private ask(): Answer {
    const asked: Prompt = {
      id: crypto.randomUUID(),
      protocol: 'P01',
      due_at: new Date(Date.now() - 1_000).toISOString(),
      until: new Date(Date.now() + 7_200_000).toISOString(),
      state: 'open',
      why: 'You asked for it.',
    };
    this.prompts.push(asked);
    return asked;
  }

  private wrap(kind: string, sent: { body: string; credential_id?: string }): Answer {
    if (kind === 'passkey' && !this.wraps.has('recovery')) return problem(409, 'words_first');
    this.wraps.set(kind, sent.body);
    if (kind === 'passkey') this.credential = sent.credential_id ?? null;
    return {};
  }

  private hand(method: string, path: string, sent: { public_key: string; body?: string }): Answer {
    const over = problem(404, 'not_found');
    if (method === 'PUT') this.handover = { public_key: sent.public_key, body: null };
    const asked = this.handover;
    if (method === 'PUT') return { public_key: sent.public_key };
    if (!asked || (method === 'GET' && asked.body)) return over;
    if (method === 'GET') return { public_key: asked.public_key };
    if (asked.public_key !== sent.public_key) return over;
    if (path.endsWith('/take')) {
      if (asked.body) this.handover = null;
      return { body: asked.body };
    }
    if (asked.body) return over;
    asked.body = sent.body ?? null;
    return null;
  }
}

const shown = (device_id: string, name: string) => ({ device_id, name, added_on: '2026-11-19' });

export const json = (body: object, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

export const problem = (status: number, code: string, members: object = {}, headers: HeadersInit = {}): Response =>
  new Response(JSON.stringify({ type: 'about:blank', title: code, status, detail: '', code, ...members }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });

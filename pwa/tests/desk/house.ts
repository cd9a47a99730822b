/** A house small enough for a test: it answers the desk's requests from lists that the test can change. */
import type { CoachReleases, Group, Me, RosterPerson } from '../../src/contract';

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers },
  });

export const problem = (status: number, code: string, detail: string, errors?: Record<string, unknown>) =>
  json({ type: `urn:handrail:problem:${code}`, title: detail, status, detail, code, errors }, status);

export class House {
  releases: CoachReleases = { group_count: 1, groups: [] };
  people: RosterPerson[] = [];
  groups: Group[] = [];
  /** What the house says to a form instead of taking it in; null lets it through. */
  refusal: (() => Response) | null = null;
  reachable = true;
  signedOut = false;
  /** Each request as "METHOD path", with the status it was given. */
  asked: string[] = [];
  taken: unknown[] = [];

  /** Stands where the browser's fetch stands. */
  readonly fetch = async (path: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const method = init.method ?? 'GET';
    if (!this.reachable) throw new TypeError('Failed to fetch');
    const answer = this.answer(`${method} ${path}`, init);
    this.asked.push(`${method} ${path} ${answer.status}`);
    return answer;
  };

  private answer(asked: string, init: RequestInit): Response {
    if (this.signedOut) return problem(401, 'signed_out', 'Please sign in');
    if (asked === 'GET /api/coach/releases') return this.listed(new Headers(init.headers).get('if-none-match'));
    if (asked === 'GET /api/coordinator/people') return json({ people: this.people });
    if (asked === 'GET /api/coordinator/groups') return json({ groups: this.groups });
    if (asked === 'POST /api/coordinator/people')
      return this.take(init, (sent) => this.people.push(sent as RosterPerson));
    if (asked === 'POST /api/coordinator/groups') return this.take(init, (sent) => this.groups.push(sent as Group));
    return problem(404, 'not_found', 'There is nothing here');
  }

  private listed(known: string | null): Response {
    const etag = `"${JSON.stringify(this.releases).length}"`;
    return known === etag ? new Response(null, { status: 304, headers: { etag } }) : json(this.releases, 200, { etag });
  }

  private take(init: RequestInit, keep: (sent: unknown) => void): Response {
    if (this.refusal) return this.refusal();
    const sent = JSON.parse(String(init.body));
    this.taken.push(sent);
    const group = this.groups.find((known) => known.id === sent.group_id) ?? null;
    const made = { id: `made-${this.taken.length}`, group, state: 'member', block_weeks: 1, ...sent };
    keep(made);
    return json(made, 201);
  }
}

export const CAL: Me = {
  id: 'cal',
  name: 'Dr. Cal Berger',
  email: 'cal@house.example',
  role: 'coach',
  zone: 'America/Chicago',
  groups: [{ id: 'g1', name: 'Internal Medicine', kind: 'coach' }],
  push_key: '',
  identity: null,
  demo: null,
  residents_first_h: 24,
};

export const ADA: Me = {
  ...CAL,
  id: 'ada',
  name: 'Ada Quist',
  email: 'ada@house.example',
  role: 'coordinator',
  groups: [],
};

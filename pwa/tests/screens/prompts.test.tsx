// @vitest-environment happy-dom
import { render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PushHealth } from '../../src/contract';
import { confirmedAt, look, type PushState, pushState } from '../../src/push';
import { Install } from '../../src/screens/resident/install';
import { PromptsPage } from '../../src/screens/resident/prompts';
import { PushHealthPage } from '../../src/screens/resident/push-health';
import { canInstall, installed, watchInstall } from '../../src/session';
import { eachOnAPhone, press, violations } from './page';

eachOnAPhone();

const WELL: PushHealth = {
  subscribed: true,
  confirmed_on: '2026-11-01',
  accepted_on: null,
  broken: null,
  service: 'well',
  paused_until: null,
  push_key: 'BA',
  email: { on: false, silent_days: 7, instead: false },
};
let health: PushHealth | null;
let asked: string[];

/** A browser that could be pushed to, as far as it is asked. */
function agent(userAgent: string, permission: NotificationPermission = 'granted'): void {
  const reg = { pushManager: { getSubscription: async () => null } };
  const serviceWorker = { register: async () => reg, ready: Promise.resolve(reg) };
  vi.stubGlobal('navigator', { userAgent, maxTouchPoints: 5, serviceWorker, onLine: true });
  vi.stubGlobal('Notification', { permission });
  vi.stubGlobal('PushManager', {});
}

beforeEach(async () => {
  agent('X11 Linux Chrome/150');
  await look();
  health = WELL;
  asked = [];
  installed.value = false;
  canInstall.value = false;
  confirmedAt.value = null;
  globalThis.fetch = async (input, init) => {
    asked.push(`${init?.method} ${String(input).split('?')[0]} ${init?.body ?? ''}`.trim());
    if (!health) throw new TypeError('no network');
    if (String(input).startsWith('/api/push/health')) return Response.json(health);
    if (String(input) === '/api/push/email') return Response.json({ ...health.email, on: true });
    return Response.json({ device_id: 'd', name: 'n', created_at: '2026-11-01T00:00:00Z' });
  };
});
afterEach(() => {
  pushState.value = 'unknown';
  vi.unstubAllGlobals();
});

const page = (state: PushState) => {
  pushState.value = state;
  render(<PromptsPage />);
};
const said = () => document.body.textContent ?? '';

test.each<[PushState, string, string]>([
  ['off', 'Your phone will ask you once more.', 'Allow prompts'],
  ['not-ready', 'still settling in', 'Allow prompts'],
  ['ignored', 'The question was closed. You can ask again.', 'Allow prompts'],
  ['unreachable', 'did not answer', 'Allow prompts'],
  ['blocked', 'This browser was told no.', 'I have allowed it'],
])('%s is told in words, with a way on', (state, words, way) => {
  page(state);
  expect(said()).toContain(words);
  expect(screen.getByRole('button', { name: way })).toBeTruthy();
});

test.each<[PushState, string]>([
  ['unsupported', 'This browser cannot be prompted.'],
  ['switched-off', 'Prompts are switched off for now.'],
])('%s is told in words, with the way to Today and to other ways', (state, words) => {
  page(state);
  expect(said()).toContain(words);
  expect(screen.getByRole('link', { name: 'Go to Today' })).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Other ways to be reached' }).getAttribute('href')).toBe('/prompts/health');
});

test('a browser that is asked once more says what it says now', async () => {
  page('blocked');
  agent('X11 Linux Chrome/150', 'denied');
  press('I have allowed it');
  await waitFor(() => expect(said()).toContain('It still says no.'));
  agent('X11 Linux Chrome/150');
  press('I have allowed it');
  expect(await screen.findByRole('button', { name: 'Allow prompts' })).toBeTruthy();
});

test('when prompts are on, the page says so, when it was last confirmed, and offers a test', async () => {
  page('on');
  expect(await screen.findByText('1 November')).toBeTruthy();
  expect(screen.getByRole('heading', { name: 'Prompts arrive on this phone.' })).toBeTruthy();
  expect(screen.getByRole('button', { name: /Send me a test/ })).toBeTruthy();
  expect(await violations()).toEqual([]);
});

test.each<[Partial<PushHealth>, RegExp]>([
  [{ broken: { since: '2026-11-01', reason: 'gone' } }, /let go of this phone/],
  [{ service: 'refused' }, /ours to mend/],
  [{ service: 'silent' }, /does not answer just now/],
  [{ paused_until: '2031-04-05' }, /until 5 April/],
])('what stands in the way is told: %j', async (more, words) => {
  health = { ...WELL, ...more };
  page('on');
  await waitFor(() => expect(said()).toMatch(words));
  expect(said()).toContain('Prompts may not arrive on this phone.');
});

test('without a signal the phone tells what it knows by itself', async () => {
  health = null;
  confirmedAt.value = '2026-11-01T12:00:00Z';
  page('on');
  await waitFor(() => expect(said()).toContain('This is what the phone knows by itself.'));
  expect(said()).toContain('1 November');
});

test('an e-mail in their place is chosen here, also where push cannot work', async () => {
  pushState.value = 'unsupported';
  render(<PushHealthPage />);
  await waitFor(() => expect(said()).toContain('Once this phone is silent for 7 days, and it says no more'));
  press(/Send e-mail instead/);
  await waitFor(() => expect(said()).toContain('Stop the e-mail'));
  expect(asked).toContain('PUT /api/push/email {"on":true}');
});

test.each([
  ['an iPhone', 'iPhone AppleWebKit Version/18 Mobile Safari', 'In the bar below.'],
  ['an iPad', 'Macintosh AppleWebKit Version/18 Safari', 'At the top, beside the address.'],
  ['another browser on iOS', 'iPhone AppleWebKit CriOS/140 Mobile Safari', 'Open this page in Safari.'],
  ['Android', 'Android 15 Mobile Firefox/150', 'The three dots or lines, beside the address.'],
  ['a laptop', 'X11 Linux Chrome/150', 'A small screen with an arrow'],
])('%s is shown its own three steps', (_name, userAgent, words) => {
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  agent(userAgent);
  render(<Install />);
  expect(screen.getAllByRole('listitem')).toHaveLength(3);
  expect(said()).toContain(words);
});

test('the browser’s own offer is taken by one press, once', async () => {
  watchInstall();
  const offer = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
    prompt: vi.fn(async () => {}),
    userChoice: Promise.resolve({ outcome: 'accepted' }),
  });
  dispatchEvent(offer);
  expect(offer.defaultPrevented).toBe(true);
  render(<Install />);
  press('Install Handrail');
  expect(await screen.findByRole('heading', { name: 'Handrail is on this device.' })).toBeTruthy();
  expect(offer.prompt).toHaveBeenCalledTimes(1);
  expect(canInstall.value).toBe(false);
});

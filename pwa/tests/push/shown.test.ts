import { beforeEach, expect, test, vi } from 'vitest';
import type { Prompt } from '../../src/contract';
import { type Phone, Profile, tank } from '../doubles/phone';
import { Server } from '../doubles/server';

const ONE = '22222222-2222-4222-8222-222222222222';
const OTHER = '33333333-3333-4333-8333-333333333333';
let phone: Phone;
let shown: { data: unknown; close: () => void }[];

const notification = (data: unknown) => {
  const made = { data, close: () => void shown.splice(shown.indexOf(made), 1) };
  return made;
};

const open = (id: string): Prompt => ({
  id,
  protocol: 'P10',
  due_at: '2000-01-01T00:00:00Z',
  until: '2099-01-01T00:00:00Z',
  state: 'open',
  why: '',
});

beforeEach(async () => {
  vi.unstubAllGlobals();
  const server = new Server();
  phone = await new Profile().signIn(server.me);
  shown = [notification({ path: `/c/${ONE}`, promptId: ONE }), notification({ v: 1, prompt: OTHER })];
  const reg = { getNotifications: async () => [...shown] };
  vi.stubGlobal('navigator', { userAgent: 'Chrome', serviceWorker: { register: async () => reg } });
  await phone.prompts.keepPrompts([open(ONE), open(OTHER)]);
});

const left = async () => {
  const { closeSettled } = await import('../../src/push/shown');
  await closeSettled();
  return shown.map(({ data }) => data);
};

test('the notification of an answered prompt goes, the other stays', async () => {
  await phone.checkins.keepCheckin({ ...tank(7), promptId: ONE });
  expect(await left()).toEqual([{ v: 1, prompt: OTHER }]);
});

test.each(['snoozed', 'declined'] as const)(
  'a prompt %s on the screen takes its notification away',
  async (outcome) => {
    await phone.prompts.keepPromptOutcome(OTHER, outcome);
    expect(await left()).toEqual([{ path: `/c/${ONE}`, promptId: ONE }]);
  },
);

test('a snoozed prompt whose hour has come keeps the notification that says so', async () => {
  await phone.prompts.keepPromptOutcome(ONE, 'snoozed', -1);
  expect(await left()).toHaveLength(2);
});

test('a notification of a prompt this phone has not heard of stays', async () => {
  await phone.prompts.keepPrompts([]);
  expect(await left()).toHaveLength(2);
});

test('where there are no notifications nothing happens', async () => {
  vi.stubGlobal('navigator', { userAgent: 'Chrome' });
  await phone.prompts.keepPromptOutcome(ONE, 'declined');
  expect(await left()).toHaveLength(2);
});

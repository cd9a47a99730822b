/** How prompts reach this phone, asked of the server, and a test that is a real push. */

import * as api from '../api';
import { Offline, Refusal } from '../api';
import { ticks } from '../clock';
import type { PushEmail, PushHealth, PushTest } from '../contract';
import { register } from '../journal/register';
import { device } from '../store/device';

export const TEST_MS = 30_000;
const ASK_MS = 1000;

const id = async () => (await device()).device_id;

/** Throws Offline or Refusal. */
export async function readHealth(): Promise<PushHealth> {
  await register();
  return api.pushHealth(await id());
}

/** Throws Offline or Refusal. */
export const setEmail = (on: boolean): Promise<PushEmail> => api.putPushEmail(on);

/**
 * `shown`: this phone showed it. `lost`: the push service took it, and nothing came. `stuck`: it has not left yet.
 * The rest is what stood in its way.
 */
export type TestOutcome = 'shown' | 'lost' | 'stuck' | 'offline' | 'too-many' | NonNullable<PushTest['reason']>;

/** Sends a test and waits at most half a minute for what becomes of it. Never throws. */
export async function runTest(): Promise<TestOutcome> {
  try {
    const device_id = await id();
    const { id: test } = await api.startPushTest(device_id);
    return await Promise.race([arrived(test), followed(device_id)]);
  } catch (error) {
    return whyNot(error);
  }
}

function whyNot(error: unknown): TestOutcome {
  if (error instanceof Refusal) return error.status === 429 ? 'too-many' : 'gone';
  return error instanceof Offline ? 'offline' : 'stuck';
}

/** The worker tells every window at once; the server is told too, and may be asked by a page on its own. */
function arrived(test: string | null): Promise<TestOutcome> {
  return new Promise((resolve) => {
    const hear = ({ data }: MessageEvent) => {
      if (data?.type !== 'arrived' || data.testId !== test) return;
      navigator.serviceWorker.removeEventListener('message', hear);
      resolve('shown');
    };
    navigator.serviceWorker.addEventListener('message', hear);
    setTimeout(() => navigator.serviceWorker.removeEventListener('message', hear), TEST_MS + ASK_MS);
  });
}

async function followed(device_id: string): Promise<TestOutcome> {
  const end = ticks() + TEST_MS;
  let last: PushTest['state'] = 'waiting';
  while (ticks() < end) {
    await new Promise((wake) => setTimeout(wake, ASK_MS));
    const said = await api.pushTest(device_id).catch(() => null);
    if (said?.state === 'shown') return 'shown';
    if (said?.state === 'failed') return said.reason ?? 'unanswered';
    last = said?.state ?? last;
  }
  return last === 'sent' ? 'lost' : 'stuck';
}

/** A phone that draws notifications by itself opens the page with the test's id instead. */
export async function confirmTest(test: string): Promise<void> {
  await api.confirmPushTest(await id(), test);
}

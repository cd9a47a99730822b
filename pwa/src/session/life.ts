/** Start, sign in, sign out. */

import * as api from '../api';
import type { Demo, Me, Prompt } from '../contract';
import { deviceName } from '../journal/device-name';
import { disable, look } from '../push/subscription';
import { listen } from '../store/changes';
import { rememberZone } from '../store/person';
import { addPrompt } from '../store/prompts';
import { wake } from '../store/shell';
import { setting } from '../store/values';
import { me, refresh } from '../store/view';
import { finishWipe } from '../store/wipe';
import { oweSignOut, paySignOut } from './leaving';
import { lookAtTheDoor, lookAtTheStore } from './lost';
import { adopt } from './me';
import { round, tryNow, watch } from './rounds';
import { keys, recoveryMade, session } from './state';
import { watchForUpdates } from './update';
import { showWiped, wiped } from './wiped';

/** Called once by main.tsx before the first paint of a screen; resolves when what the phone knows is in the signals. */
export async function start(): Promise<void> {
  await follow();
  listen((change) => {
    if (change === 'session') void follow();
  });
  watch();
  void watchForUpdates();
}

/** Shows whoever the phone says is signed in; another window may have changed that. */
async function follow(): Promise<void> {
  await finishWipe();
  const who = await wake();
  rememberZone(who);
  me.value = who;
  if (who?.role === 'resident') await lookAtTheStore(who.id);
  await refresh();
  if (!who) await lookAtTheDoor();
  recoveryMade.value = who !== null && (await setting('recovery'))?.made === true;
  if (who) session.value = 'signed-in';
  else if (!(await showWiped())) session.value = 'signed-out';
}

/** Sends a code by mail; the answer is the same for an unknown address. Throws Offline or Refusal. */
export const askForCode = async (email: string): Promise<void> => void (await api.askForCode(email));

/** Throws Offline or Refusal (`code_wrong`, `too_many`). */
export async function signIn(email: string, code: string): Promise<Me> {
  await paySignOut();
  const who = await api.signIn(email, code, deviceName());
  keys.value = 'none';
  await adopt(who);
  if (who.role === 'resident') await lookAtTheStore(who.id);
  await refresh();
  session.value = 'signed-in';
  void round();
  void look().catch(() => {});
  return who;
}

/**
 * Ends the session here at once, and on the server now or as soon as it can be reached. What is saved and not yet
 * delivered stays on this phone, locked, for the same person's return.
 */
export async function signOut(): Promise<void> {
  await oweSignOut();
  if (me.value?.role === 'resident') await disable().catch(() => {});
  await adopt(null);
  keys.value = 'none';
  await refresh();
  session.value = 'signed-out';
  await paySignOut().catch(() => {});
}

/** Erases the account for a mailed code, and then what is kept here. Throws Offline or Refusal (`code_wrong`). */
export async function eraseAccount(code: string): Promise<void> {
  const person = me.value?.id;
  await api.eraseMe(code);
  if (person) await wiped(person, 'erased');
}

/** One exchange now, for a person who does not want to wait. Never throws; the signals tell. */
export const syncNow = (): Promise<void> => tryNow();

/** Makes a prompt due at once. Throws Offline or Refusal. */
export async function askNow(protocol: string | null = null): Promise<Prompt> {
  const prompt = await api.askNow(protocol);
  await addPrompt(prompt);
  return prompt;
}

/** Null outside a demo instance. */
export const demo = (): Promise<Demo | null> => api.demo().catch(() => null);
export const advanceDemo = (by: { seconds: number } | { to: 'next_release' }) => api.advanceDemo(by);

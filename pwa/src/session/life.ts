/** Start, sign in, sign out. */

import * as api from '../api';
import type { Demo, Me, Prompt, Rhythm } from '../contract';
import { rememberZone } from '../store/person';
import { keepPrompts } from '../store/prompts';
import { forgetMe, keepMe, wake } from '../store/shell';
import { me, prompts, refresh } from '../store/view';
import { session } from './state';
import { watchForUpdates } from './update';

/** Called once by main.tsx before the first paint of a screen; resolves when what the phone knows is in the signals. */
export async function start(): Promise<void> {
  adopt(await wake());
  await refresh();
  session.value = me.value ? 'signed-in' : 'signed-out';
  void watchForUpdates();
}

function adopt(who: Me | null): void {
  me.value = who;
  rememberZone(who);
}

/** Sends a code by mail; the answer is the same for an unknown address. Throws Offline or Refusal. */
export const askForCode = async (email: string): Promise<void> => void (await api.askForCode(email));

/** Throws Offline or Refusal (`code_wrong`, `too_many`). */
export async function signIn(email: string, code: string, deviceName: string): Promise<Me> {
  const who = await api.signIn(email, code, deviceName);
  await keepMe(who);
  adopt(who);
  await refresh();
  session.value = 'signed-in';
  return who;
}

/** Ends the session. What is saved and not yet delivered stays on this phone, locked, for the same person's return. */
export async function signOut(): Promise<void> {
  await api.signOut().catch(() => null);
  await forgetMe();
  adopt(null);
  await refresh();
  session.value = 'signed-out';
}

/** One exchange now, for a person who does not want to wait. Never throws; the signals tell. */
export async function syncNow(): Promise<void> {
  await refresh();
}

/** Makes a prompt due at once. Throws Offline or Refusal. */
export async function askNow(protocol: string | null = null): Promise<Prompt> {
  const prompt = await api.askNow(protocol);
  await keepPrompts([...prompts.value.filter((p) => p.id !== prompt.id), prompt]);
  return prompt;
}

export const refreshRhythm = (): Promise<Rhythm> => api.rhythm();
export const saveRhythm = (rhythm: Rhythm): Promise<Rhythm> => api.putRhythm(rhythm);

/** Null outside a demo instance. */
export const demo = (): Promise<Demo | null> => api.demo().catch(() => null);
export const advanceDemo = (by: { seconds: number } | { to: 'next_release' }) => api.advanceDemo(by);

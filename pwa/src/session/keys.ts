/** The resident's own key: twelve words for another phone, and what to do when they are lost. */

import { readAgain } from '../store/merge';
import { replaceIdentity } from './account-key';
import { round } from './rounds';
import { keys, recoveryMade } from './state';

async function unlocked(): Promise<void> {
  keys.value = 'ready';
  await round();
}

/** The account's key came to this phone: what arrived while it was missing stayed closed and may open now. */
export async function opened(): Promise<void> {
  await readAgain();
  await unlocked();
}

/** Twelve fresh words, shown once; nothing is kept until `keepWords`. */
export async function makeWords(): Promise<string[]> {
  const { newWords } = await import('../seal/words');
  return newWords();
}

/** Wraps the identity by the words and sends the wrap. Throws Offline or Refusal. */
export async function keepWords(words: string[]): Promise<void> {
  const { keepRecovery } = await import('./recovery');
  await keepRecovery(words);
  recoveryMade.value = true;
}

/** Opens the account's key by its words. False when the words do not fit; throws Offline or Refusal. */
export async function enterWords(words: string[]): Promise<boolean> {
  const { recover } = await import('./recovery');
  if (!(await recover(words))) return false;
  recoveryMade.value = true;
  await opened();
  return true;
}

/** Makes a new key for the account. What was sealed to the old one stays unreadable. Throws Offline or Refusal. */
export async function startAnew(): Promise<void> {
  if ((await replaceIdentity()) !== 'ready') throw new Error('another device was faster; try again');
  recoveryMade.value = false;
  await unlocked();
}

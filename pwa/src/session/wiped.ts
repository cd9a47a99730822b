/** What a page does around a wipe: prompts end, and the screen says what happened. */

import type { Id } from '../contract';
import { registration } from '../push/registration';
import { disable } from '../push/subscription';
import { forgetMark } from '../store/mark';
import { rememberZone } from '../store/person';
import { shellValue } from '../store/shell';
import { me, refresh } from '../store/view';
import { type Wiped, wipePhone } from '../store/wipe';
import { keys, recoveryMade, session, wipedWhy } from './state';

/** Erases what is kept here of this person, and shows that nothing is left. */
export async function wiped(person: Id, why: Wiped): Promise<void> {
  await disable().catch(() => {});
  for (const shown of (await (await registration())?.getNotifications?.()) ?? []) shown.close();
  await wipePhone(person, why);
  await showWiped();
}

/** Shows it when it is so; a wipe may have happened in the worker or in another window. */
export async function showWiped(): Promise<boolean> {
  const last = await shellValue('wiped');
  if (!last) return false;
  forgetMark(last.person);
  rememberZone(null);
  me.value = null;
  keys.value = 'none';
  recoveryMade.value = false;
  await refresh();
  wipedWhy.value = last.why;
  session.value = 'wiped';
  return true;
}

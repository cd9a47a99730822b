import type { Me } from '../contract';
import { tell } from '../store/changes';
import { currentPerson } from '../store/database';
import { rememberZone } from '../store/person';
import { forgetMe, keepMe } from '../store/shell';
import { me } from '../store/view';

/** Makes somebody the signed-in person here, or nobody; remembered for the next start. */
export async function adopt(who: Me | null): Promise<void> {
  const before = currentPerson();
  rememberZone(who);
  await (who ? keepMe(who) : forgetMe());
  me.value = who;
  // The other windows of this browser follow.
  if (before !== currentPerson()) tell('session');
}

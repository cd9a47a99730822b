/** Signing out of the server: owed from the tap on, and paid when the server can be reached, before anything else. */

import * as api from '../api';
import { Refusal } from '../api';
import { keepShell, shellValue } from '../store/shell';
import { withLock } from '../store/turn';

/** From here on nobody is signed in on this phone, whatever happens to the network or the page. */
export const oweSignOut = (): Promise<void> => keepShell('leaving', true);

/**
 * Ends the old session on the server, if that is still owed. Throws Offline or Refusal, and then it stays owed. One
 * window at a time: a late one would end the session of whoever signed in meanwhile.
 */
export const paySignOut = (): Promise<void> =>
  withLock('handrail/sign-out', async () => {
    if (!(await shellValue('leaving'))) return;
    await api.signOut().catch(overAlready);
    await keepShell('leaving', false);
  });

function overAlready(error: unknown): void {
  if (!(error instanceof Refusal) || error.status !== 401) throw error;
}

/** What the group said, as residents may see it first; and the check that this phone's key was everybody's. */

import * as api from '../api';
import { tell } from '../store/changes';
import { strict } from '../store/database';
import { dropToken, tokenRows } from '../store/tokens';
import { cached, keepCached, keepSetting, setting } from '../store/values';
import { Alarm } from './alarm';
import { checkRelease } from './consistency';

/** Reads new releases; drops the tokens of closed blocks. True when a token was dropped. */
export async function checkReleases(): Promise<boolean> {
  const held = await cached('releases');
  const { value, etag } = await api.releases(held?.etag ?? null);
  if (value) {
    await keepCached('releases', { etag, value: value.releases });
    tell('cache');
  }
  const released = value?.releases ?? held?.value ?? [];
  let dropped = false;
  for (const row of await tokenRows()) {
    const release = released.find((r) => `${r.group.id}/${r.block}` === row.id);
    if (!release) continue;
    try {
      checkRelease(release, row.key_id);
    } catch (error) {
      if (!(error instanceof Alarm)) throw error;
      await keepSetting('alarms', { ...((await setting('alarms')) ?? {}), [row.id]: error.code });
    }
    await dropToken(row.id);
    await strict(['sheets'], (tx) => tx.objectStore('sheets').delete(row.id));
    dropped = true;
  }
  return dropped;
}

/** The last rhythm this phone was told, so that its page is never empty offline. Locked: it says when somebody works. */

import type { Preview, Rhythm, ShiftCalendar } from '../contract';
import { lock, unlock } from './cipher';
import { cached, keepCached } from './values';

export interface KnownRhythm {
  rhythm: Rhythm;
  preview: Preview | null;
  calendar: ShiftCalendar | null;
}

export const keepRhythm = async (known: KnownRhythm): Promise<void> => keepCached('rhythm', await lock(known));

/** Null when it was never read on this phone, or cannot be opened any more. */
export async function knownRhythm(): Promise<KnownRhythm | null> {
  const box = await cached('rhythm');
  return box ? unlock<KnownRhythm>(box).catch(() => null) : null;
}

/** The check-ins of the merged journal, as far as the sheets need them. */

import { unlock } from '../store/cipher';
import { look } from '../store/database';
import type { Checkin } from '../store/schema';
import type { Counted } from './sheet';

export async function ownCheckins(): Promise<Counted[]> {
  const rows = await look(['journal'], (tx) => tx.objectStore('journal').getAll());
  const own: Counted[] = [];
  for (const row of rows) {
    if (row.withdrawn || !row.box) continue;
    const { protocol, day, answers } = await unlock<Checkin>(row.box);
    own.push({ protocol, day, answers, occurredAt: row.occurred_at });
  }
  return own;
}

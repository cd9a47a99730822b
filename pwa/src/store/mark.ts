/**
 * A mark outside the database, which browsers clear apart from it: which device wrote here, and how much was not delivered.
 * It tells a store that vanished from a phone that is new. It holds nothing of what anybody said.
 */

import type { Id } from '../contract';

export interface Mark {
  device_id: Id;
  /** Check-ins that were on this phone only. */
  waiting: number;
}

const PREFIX = 'handrail/';

/** Some browsers refuse the storage in private windows, or while cookies are blocked. */
function kept(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

function read(text: string | null): Mark | null {
  try {
    const mark = JSON.parse(text ?? 'null') as Mark | null;
    return typeof mark?.device_id === 'string' && typeof mark.waiting === 'number' ? mark : null;
  } catch {
    return null;
  }
}

export const markOf = (person: Id): Mark | null => read(kept()?.getItem(PREFIX + person) ?? null);

export function leaveMark(person: Id, mark: Mark): void {
  try {
    kept()?.setItem(PREFIX + person, JSON.stringify(mark));
  } catch {
    // A full storage refuses it: then a vanished store is only noticed by the server.
  }
}

/** The person's store is erased on purpose; nothing of it is missed. */
export const forgetMark = (person: Id): void => kept()?.removeItem(PREFIX + person);

/** The marks of everybody who used this browser. */
export function allMarks(): Mark[] {
  const storage = kept();
  const names = Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? '');
  return names
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => read(storage?.getItem(name) ?? null))
    .filter((mark): mark is Mark => mark !== null);
}

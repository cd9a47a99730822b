/** Whether the browser promised not to clear what is kept here when space runs out. */

import { signal } from '@preact/signals';

/** Null until it was asked, and where a browser cannot be asked. */
export const persisted = signal<boolean | null>(null);

/** Asked after the first save of a start, when there is something to lose; most browsers decide without a question. */
export async function askToPersist(): Promise<void> {
  if (persisted.value !== null || !navigator.storage?.persist) return;
  persisted.value = (await navigator.storage.persisted()) || (await navigator.storage.persist());
}

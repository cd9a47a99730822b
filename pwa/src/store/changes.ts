/** Tells this page and every other window of the app that something kept on the phone changed. */

export type Change = 'journal' | 'outbox' | 'prompts' | 'drafts' | 'cache' | 'session' | 'sheets';

const listeners = new Set<(change: Change) => void>();
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('handrail');

channel?.addEventListener('message', (event: MessageEvent<Change>) => {
  for (const listener of listeners) listener(event.data);
});

export function tell(...changes: Change[]): void {
  for (const change of changes) {
    for (const listener of listeners) listener(change);
    channel?.postMessage(change);
  }
}

/** Returns what ends the listening. */
export function listen(listener: (change: Change) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

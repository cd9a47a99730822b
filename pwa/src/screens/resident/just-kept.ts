import { signal } from '@preact/signals';
import type { Entry, Kept } from '../../store';

/** The check-in saved a moment ago, so that its close is drawn before anything is read back. */
export const justKept = signal<Kept | null>(null);

/** Set by Undo: the saved check-in whose answers are open again, and the question to open it at. */
export const undoing = signal<{ entry: Entry; at: string | null } | null>(null);

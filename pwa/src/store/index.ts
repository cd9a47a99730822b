/** The store's front for the screens. The worker imports the single files instead, to stay small. */

export { type CheckinInput, checkinOf, type Kept, keepCheckin, withdrawEntry } from './checkins';
export { discardUnsent } from './discard';
export { draftKey, draftOf, dropDraft, keepDraft } from './drafts';
export { isOpen, keepPromptOutcome, promptFor } from './prompts';
export type { Checkin, Draft, Lost, SheetRow } from './schema';
export * from './view';

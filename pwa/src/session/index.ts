/** Start, sign in, sign out: the life of the app around the screens. */

export { canInstall, installed, takeInstall, watchInstall } from './installing';
export { enterWords, keepWords, makeWords, startAnew } from './keys';
export {
  advanceDemo,
  askForCode,
  askNow,
  demo,
  eraseAccount,
  signIn,
  signOut,
  start,
  syncNow,
} from './life';
export { lossRead } from './lost';
export { whenOpened } from './opened';
export { type KeysState, keys, needsUpdate, recoveryMade, type SessionState, session, wipedWhy } from './state';
export { persisted } from './storage';
export { applyUpdate, updateReady } from './update';

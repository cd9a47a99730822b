/** Something about a block that the resident must be told; while it stands, nothing of theirs is sent for the block. */

export type AlarmCode =
  /** The key shown to this person is not the one shown to everybody. */
  | 'KEY_INCONSISTENT'
  | 'KEY_CHANGED'
  | 'KEY_NOT_PINNED'
  | 'KEY_ID_MISMATCH'
  | 'KEY_SHAPE'
  | 'KEY_NOT_IN_RELEASE'
  | 'COUNTS'
  /** The release given to this person is not the one listed for everybody. */
  | 'RELEASE_DIFFERS'
  /** A token was issued to this account before, and its secret is lost: no token this block. */
  | 'TOKEN_LOST'
  | 'REFUSED';

export class Alarm extends Error {
  constructor(readonly code: AlarmCode) {
    super(code);
  }
}

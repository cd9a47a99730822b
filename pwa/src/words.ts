/** Words used on many pages. English for now; each screen keeps its own words in screens/<role>/words. */
export const words = {
  app: 'Handrail',
  ok: 'OK',
  close: 'Close',
  notNow: 'Not now',
  offline: 'No signal',
  update: {
    ready: 'A newer Handrail is ready.',
    needed: 'This Handrail is too old to deliver. What you saved waits here till it is updated.',
    take: 'Update now',
    later: 'Later',
  },
  signedOut: {
    say: 'You are signed out. What you saved waits on this phone.',
    go: 'Sign in',
  },
  lost: {
    cleared: 'This browser cleared what Handrail kept here.',
    'set-back': 'This phone’s storage was set back to an earlier day.',
    waiting: (n: number) =>
      n === 1
        ? '1 check-in that was not delivered yet is gone.'
        : `${n} check-ins that were not delivered yet are gone.`,
    nothing: 'Nothing was lost by it: all had been delivered.',
    unknown: 'What was saved here and not delivered yet is gone.',
    back: 'What was delivered is safe, and comes back with your key.',
  },
  wiped: {
    removed: {
      title: 'This phone was removed.',
      say: 'Its owner took it off their account. Everything Handrail kept on it is erased: journal, keys and drafts.',
    },
    erased: {
      title: 'Your account is erased.',
      say: 'Nothing of yours is left on the server under your name, and nothing on this phone. Group answers you sent carry no name, so they stay counted.',
    },
    go: 'Sign in',
  },
  demo: {
    clock: 'Demo clock',
    skip: 'Skip to the next release',
    moving: 'Days are passing…',
    arrived: 'The next release is out.',
    failed: 'The demo clock did not answer. Try again.',
  },
  unknown: {
    title: 'There is no page here.',
    say: 'The link may be old. Nothing is lost.',
    home: 'Go to Today',
  },
  broken: {
    title: 'This page could not open.',
    say: 'What you saved is still on this phone.',
    again: 'Open it again',
  },
};

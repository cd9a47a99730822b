/** What the desk's frame and its Help page say to a coach and to a coordinator alike. */
export const words = {
  skip: 'Skip to the page',
  main: 'Main',
  help: 'Help',
  signOut: 'Sign out',
  signingOut: 'Signing out',
  trouble: {
    offline: 'You are offline.',
    failed: 'Handrail did not answer.',
    signed_out: 'You are signed out.',
  },
  asOf: (hour: string) => `This is the list as it was at ${hour}.`,
  nothingRead: 'Nothing has been read on this screen yet.',
  askAgain: 'It asks again by itself.',
  tryNow: 'Try now',
  signIn: 'Sign in',
};

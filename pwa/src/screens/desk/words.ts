/** What the desk's frame and its Help page say to a coach and to a coordinator alike. */
export const words = {
  skip: 'Skip to the page',
  main: 'Main',
  help: 'Help',
  signOut: 'Sign out',
  signingOut: 'Signing out',
  signOutFailed: 'Not signed out: Handrail did not answer. Try again when you have a connection.',
  notEnough: 'Not enough yet.',
  helpTitle: 'You don’t have to sort this out alone.',
  helpLede: 'Here are people you can reach right now.',
  helpDanger: 'If you, or someone you are with, might be hurt',
  helpEnd: 'Handrail is not care and is not watched. What you open here is not recorded.',
};

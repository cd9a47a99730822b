export const words = {
  title: 'Sign in',
  line: ['You hold it.', 'It does not carry you.'] as const,
  email: 'Your work e-mail',
  send: 'Send me a code',
  sending: 'Sending…',
  sentTo: (email: string) =>
    `If ${email} is known here, a six-digit code is on its way. It works once, for ten minutes.`,
  code: 'Six-digit code',
  enter: 'Sign in',
  entering: 'Signing in…',
  another: 'Send a new code',
  otherEmail: 'Another e-mail',
  resent: 'A new code is on its way. The old one no longer works.',
  about:
    'Residents, coaches and coordinators use this one door, and each sees only their own side. People who evaluate residents have no view of check-ins.',
  help: 'Help lines, no sign-in needed',
  wrong: {
    email: 'That does not look like an e-mail address.',
    short: 'The code has six digits.',
    code_wrong: 'That code does not fit. It may be mistyped, used already, or older than ten minutes.',
    too_many: (wait: string) => `Too many tries. Wait ${wait}, then try again.`,
    wait: (seconds: number | null) => {
      if (!seconds) return 'a few minutes';
      return seconds < 90 ? `${Math.max(1, Math.ceil(seconds))} seconds` : `${Math.ceil(seconds / 60)} minutes`;
    },
    offline: 'No signal. Signing in needs one; what is saved on this phone stays.',
    failed: 'That did not work just now. Try again in a moment.',
  },
};

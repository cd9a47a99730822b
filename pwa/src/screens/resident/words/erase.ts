export const words = {
  title: 'Erase my account',
  goes: 'Goes at once, for good',
  goesList: [
    'Your journal, prompts, rhythm and shifts on the server',
    'Your phones, sign-ins and twelve words',
    'Everything Handrail keeps on this phone, with what is not delivered yet',
  ],
  stays: 'Stays',
  staysList: [
    'Group answers you sent. They carry no name, so nobody can find them again, and they stay counted.',
    'Sealed entries in backups, till those are deleted. When one is put back, you are erased from it again.',
  ],
  others: 'Other phones of yours erase what they hold when they next meet the server.',
  first: 'Take your data along first',
  proof: 'A code is sent to your mail, so that nobody who merely holds this phone can do this.',
  send: 'Send me a code',
  sending: 'Sending…',
  sent: (email: string) =>
    `A six-digit code is on its way to ${email}. Typing it and pressing the button erases everything.`,
  code: 'Six-digit code',
  erase: 'Erase everything',
  erasing: 'Erasing…',
  keep: 'Keep my account',
  wrong: {
    short: 'The code has six digits.',
    code: 'That code does not fit. It may be mistyped, used already, or older than ten minutes.',
    too_many: 'Too many tries. Wait a few minutes, then try again.',
    offline: 'No signal. Erasing needs the server; nothing was erased.',
    failed: 'That did not work just now. Nothing was erased. Try again.',
  },
};

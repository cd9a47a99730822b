export const words = {
  title: 'Where your answers are',
  saved: 'Saved on this phone',
  entries: (n: number) =>
    n === 0 ? 'No entries yet.' : n === 1 ? '1 entry, locked here.' : `${n} entries, locked here.`,
  waiting: 'Waiting to send',
  noneWaiting: 'Nothing waits.',
  noSignal: 'No signal right now. Answers go by themselves when it is back.',
  soon: 'They go by themselves, usually within seconds.',
  closed: 'On iPhone, answers go when Handrail is open.',
  signedOut: 'Sign in to send them. They stay here till then.',
  needKey: 'They wait for your twelve words, or for a new start.',
  takenBack: 'An entry taken back',
  andMore: (n: number) => `and ${n} more`,
  rescue: 'Rescue file',
  noRescue: 'The file could not be made just now. Nothing is lost; try again.',
  delivered: 'Delivered',
  noneDelivered: 'None yet.',
  receipts: (n: number) => (n === 1 ? '1, with a receipt.' : `${n}, each with a receipt.`),
  last: (day: string) => `The last one: ${day.replace(/^[TY]/, (first) => first.toLowerCase())},`,
  look: (n: number) =>
    n === 1
      ? 'One was set aside by the server. Its text is intact in your journal.'
      : `${n} were set aside by the server. Their text is intact in your journal.`,
  unopened: (n: number) =>
    n === 1
      ? 'One entry from another phone could not be opened.'
      : `${n} entries from another phone could not be opened.`,
  holes: (n: number) =>
    n === 1 ? '1 check-in from this phone never arrived.' : `${n} check-ins from this phone never arrived.`,
  group: 'Group answers travel on their own, with no name, at a random moment. They are not in this list.',
  tryNow: 'Try now',
  trying: 'Trying…',
  tried: { sent: 'All delivered.', waits: 'Still waiting. Nothing is lost.' },
  close: 'Close',
  more: 'This phone',
};

/** Why the server set something aside, by its code. */
const PARKED: Record<string, string> = {
  too_big: 'it is longer than it takes',
  bad_occurred_at: 'its time could not be read',
};

export const words = {
  title: 'Journal',
  empty: 'Nothing here yet. What you answer is kept here, for you.',
  emptyMonth: 'No entries in this month.',
  emptyWeek: 'No entries in these days.',
  search: 'Search, on this phone only',
  searchLabel: 'Search your words',
  found: (n: number) => (n === 0 ? 'Nothing found on this phone.' : n === 1 ? '1 entry found.' : `${n} entries found.`),
  earlier: 'The month before',
  later: 'The month after',
  byWeek: (month: string) => `${month}, by week`,
  inDays: (n: number) => (n === 0 ? ', no entries' : n === 1 ? ', 1 entry' : `, ${n} entries`),
  place: { waiting: 'Waiting to send', delivered: 'Delivered', parked: 'Needs a look' },
  here: 'On this phone',
  entry: 'Entry',
  skipped: 'Skipped',
  parked: (reason: string) =>
    reason === 'never_arrived'
      ? 'This one never arrived, and is not on its way any more. Your words are intact here.'
      : `The server set this one aside: ${PARKED[reason] ?? reason}. Your words are intact here.`,
  aside: {
    back: 'Put it back as a new entry',
    copy: 'Copy the words',
    copied: 'Copied.',
    isBack: 'It is back, and waits to be sent.',
    discard: 'Discard it',
    sure: 'Discard it for good',
    discarded: 'Discarded.',
    failed: 'That did not work just now. Nothing was changed.',
  },
  onItsWay: 'Saved on this phone. It waits to be sent.',
  takeBack: 'Take it back',
  takeBackSub: 'From this phone and from the server',
  sure: {
    title: 'Take this entry back?',
    say: 'It goes from this phone now, and from the server with the next signal. It cannot be brought back.',
    group: 'What it added to the group’s count is taken back too, if its days are still open.',
    yes: 'Take it back',
    no: 'Keep it',
  },
  takenBack: 'Taken back.',
  notTakenBack: 'This phone could not keep that. The entry is as it was; try once more.',
  gone: {
    title: 'This entry is not here.',
    say: 'It was taken back, or it is on another phone of yours.',
    journal: 'Open the journal',
  },
  receipt: (code: string) => `Receipt ${code}`,
  months: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
};

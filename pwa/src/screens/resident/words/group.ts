export const words = {
  title: 'Group',
  lede: 'What your group said, with no names in it. You see it before your coach does.',
  first: (day: string, time: string) => `Only residents see this yet. Coaches from ${day}, ${time}.`,
  both: 'Your coach sees this same page.',
  span: (from: string, to: string) => `${from} to ${to}`,
  question: 'One open question',
  step: 'One step for the system',
  from: (from: string) => `From: ${from}`,
  care: 'People who are stretched answer less, so this tends to look rosier than the weeks were. Bands are rough by design.',
  empty: 'Nothing is out yet. The first release comes when a block of weeks has closed.',
  offline: 'No signal. This is what reached the phone last.',
  never: 'Never changed after it is out.',
  how: {
    open: 'How is this made?',
    title: 'How a release is made',
    lines: [
      'Your taps leave the phone with no name and no account on them. They are stored without name, account, time or order, and nothing stored says which are yours.',
      'At a fixed hour they are counted, a little noise is added, and only a rough band comes out: few, about half, or most.',
      'With fewer than five people there is no band at all, and nobody is told how many there were.',
      'Residents and coaches read the same page. No coach, director or coordinator can filter it or see one person.',
    ],
  },
};

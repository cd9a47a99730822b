/** Every word on the coach's screens that does not come from the server. */
export const words = {
  releases: 'Releases',
  role: (groups: string) => (groups ? `Coach, ${groups}.` : 'Coach.'),
  evaluates: 'You evaluate no one here.',
  samePage: 'Every coach sees this same page. No filters, on purpose.',
  oneGroup: (group: string) => `${group}. Every coach sees this same page. No filters, on purpose.`,
  next: 'Next release',
  published: (day: string) => `Published ${day}. Never revised.`,
  care:
    'People who are stretched answer less, so a release tends to look rosier than the weeks were. ' +
    'Bands are rough by design. Treat them as a reason to ask.',
  card: 'For your next meeting',
  question: 'One open question',
  step: 'One system step',
  from: (why: string) => `From: ${why}`,
  print: 'Print card',
  printFoot: 'A release speaks of a group, never of a person.',
  thenAsked: 'The card then',
  none: 'No release yet.',
  firstComes: (day: string, hour: string) => `The first one comes on ${day}, at ${hour}.`,
  firstUnknown: 'The first one comes when the first block of weeks has closed.',
  noneTail: 'Until then there is nothing here to read, for any coach.',
  noGroup: 'You coach no group yet.',
  noGroupTail: 'When your coordinator adds you to one, its releases appear here.',
  reading: 'Reading the releases.',
  arrived: (dates: string) => `A new release has arrived: ${dates}.`,
};

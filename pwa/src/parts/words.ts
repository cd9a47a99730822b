/** Words the parts say by themselves. English for now; every screen keeps its own words beside it. */
export const partWords = {
  step: (now: number, of: number) => `Step ${now} of ${of}`,
  back: 'Back',
  skip: 'Skip',
  help: 'Help',
  undo: 'Undo',
  next: 'Next',
  close: 'Close',
  nav: 'Main',
  tabs: { today: 'Today', journal: 'Journal', rhythm: 'Rhythm', group: 'Group', help: 'Help' },
  who: {
    phone: 'Stays on this phone',
    group: (k: number) => `Counted only in groups of ${k} or more`,
    consent: 'One person, by your choice',
    tags: { phone: 'This phone', group: 'Group', consent: 'By your choice' },
    title: 'Who can see this?',
    about: {
      phone: [
        'This answer stays on this phone, and locked in your own journal so a new phone of yours can open it.',
        'The server keeps it sealed. Nobody who runs it can read it, and no coach is sent it.',
      ],
      group: (k: number) => [
        `This answer leaves the phone with no name on it, and is counted only when ${k} or more people answered.`,
        'What comes out is rough on purpose: few, about half, or most. Residents see it before coaches do.',
        'The copy in your journal stays yours, sealed.',
      ],
      consent: [
        'This goes to one person, by name, and only after you have seen exactly what would be sent.',
        'Nothing is sent from this screen.',
      ],
    },
  },
  state: {
    saved: 'Saved on this phone',
    waiting: (n: number) => `${n} waiting`,
    delivered: 'All delivered',
    look: (n: number) => (n === 1 ? '1 needs a look' : `${n} need a look`),
  },
  gauge: {
    less: 'Less',
    more: 'More',
    unset: 'Not answered yet',
    wait: 'Waits for you to touch the rod',
    steps: ['Very close to', 'Close to', 'Nearer to', 'A little nearer to'],
    middle: 'In the middle',
    at: (word: string) => `At ${word.toLowerCase()}`,
    near: (how: string, word: string) => `${how} ${word.toLowerCase()}`,
  },
  lines: { keep: 'Keep it here', label: 'Your words' },
  chips: {
    upTo: (n: string) => `Pick up to ${n}.`,
    full: (n: string) => `${n} picked; tap one to change it.`,
  },
  chart: {
    now: 'now',
    list: 'Read it as a list',
    day: 'Day',
    answer: 'Answer',
    today: 'Today',
  },
  band: {
    few: 'few',
    half: 'about half',
    most: 'most',
    none: 'Not enough yet.',
    noChips: 'Nothing was chosen often enough to show.',
  },
};

const SMALL = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten', 'Eleven', 'Twelve'];

/** A count as a reader says it: "Nine", then "13". */
export function counted(n: number): string {
  return SMALL[n] ?? String(n);
}

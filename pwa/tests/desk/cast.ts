/** Releases and rosters that look like a house in its fourth month. */
import type { Cell, CoachRelease, CoachReleases, Group, RosterPerson } from '../../src/contract';

export const WHY = 'Too few answers here. We never say how many: a number could point at someone.';

const blank = { protocol: 'P01', band: null, chips: null, why: null };

export const CELLS: Cell[] = [
  { ...blank, item: 'a', words: 'Had a lot of work still with them', kind: 'share', state: 'shown', band: 'half' },
  { ...blank, item: 'b', words: 'Had little left to give', kind: 'share', state: 'not_enough', why: WHY },
  {
    ...blank,
    item: 'c',
    words: 'What got into their time off',
    kind: 'chips',
    state: 'shown',
    chips: [
      { words: 'Notes or charting', band: 'most' },
      { words: 'Guilt', band: 'few' },
    ],
  },
  {
    ...blank,
    item: 'd',
    words: 'What would help',
    kind: 'chips',
    state: 'shown',
    chips: [],
    why: 'No answer stood out.',
  },
];

const GROUP = { id: 'g1', name: 'Internal Medicine' };

export function release(open_day: string, end_day: string, published_at: string): CoachRelease {
  return {
    group: GROUP,
    block: open_day,
    open_day,
    end_day,
    published_at,
    key_id: `key-${open_day}`,
    cells: CELLS,
    agenda: {
      question: 'What would make one evening chart-free?',
      step: 'Take to chiefs: late notes.',
      from: 'Notes.',
    },
    note: 'People who are stretched answer less. Treat them as a reason to ask.',
  };
}

export const NEWEST = release('2026-10-26', '2026-11-08', '2026-11-16T13:00:00Z');
export const EARLIER = release('2026-10-12', '2026-10-25', '2026-11-02T13:00:00Z');
export const COMING = release('2026-11-09', '2026-11-22', '2026-11-30T13:00:00Z');

export const listOf = (...releases: CoachRelease[]): CoachReleases => ({
  group_count: 1,
  groups: [{ group: GROUP, next_release_at: '2026-11-30T13:00:00Z', releases }],
});

export const MEDICINE: Group = {
  ...GROUP,
  zone: 'America/Chicago',
  term_start: '2026-07-06',
  block_weeks: 2,
};

export const RITA: RosterPerson = {
  id: 'rita',
  name: 'Rita Moss',
  email: 'rita@house.example',
  role: 'resident',
  group: GROUP,
  state: 'member',
};

export const words = {
  progress: (n: number, of: number) => (of === 1 ? '1 tap' : `${n} of ${of}`),
  extra: 'Extra, if you like',
  keep: 'Keep it here',
  next: 'Next',
  gaugeWait: 'Waits for you to touch the rod',
  gaugeWhy: 'Or press Skip; both are fine',
  nothingKept: 'Nothing was kept.',
  failed: {
    full: 'Not saved. This phone is full. Your answers are still here: make some room and try once more, or take a copy.',
    outdated:
      'Not saved. Another window runs a newer Handrail. Your answers are still here: take a copy, then load it.',
    other: 'Not saved. This phone could not keep it. Your answers are still here: try once more, or take a copy.',
    rescue: 'Keep a rescue file',
    copy: 'Copy the words',
    copied: 'Copied. Paste them somewhere safe.',
    newer: 'Load the newer one',
    noWay: 'That did not work either. Your answers are still here.',
  },
  again: 'Try once more',
  opening: 'Opening the check-in…',
  unknown: {
    title: 'This check-in is not on this phone yet.',
    say: 'It comes with the next signal. Nothing is lost.',
    today: 'Go to Today',
  },
  passed: {
    top: 'Check-in',
    title: 'That one has passed.',
    say: 'Its window closed. Nothing happened, and nobody was told.',
    anyway: (name: string) => `Do ${name} now`,
    today: 'Go to Today',
  },
  answered: {
    title: 'You answered this one already.',
    say: 'It is in your journal.',
    journal: 'Open the journal',
  },
  looking: { title: 'Looking for this check-in.', say: 'It takes a moment.' },
  missing: {
    title: 'This prompt has not reached this phone yet.',
    say: 'It may come with the next signal. You can start a check-in by hand; it counts just the same.',
  },
};

export const closing = {
  leave: 'Leave it here',
  options: 'See options',
  stays: 'This picture stays on this phone',
  weeks: (title: string) => `${title}, six weeks`,
  saved: 'Saved on this phone.',
  delivered: 'Delivered.',
  gone: { title: 'This entry is not here.', say: 'It was taken back, or it is on another phone of yours.' },
};

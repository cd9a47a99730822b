export const words = {
  title: 'Your data',
  lede: 'It is yours. Everything here is made on this phone; nobody is asked, and nobody is told.',
  export: {
    title: 'Export everything',
    json: 'Everything, in one file',
    jsonSub: 'Entries with what they said before, settings, rhythm, prompts. A .json file that explains itself.',
    csv: 'Answers, as a table',
    csvSub: 'A .csv file with one row for each answer, for a spreadsheet.',
    open: 'An exported file is not locked. Whoever has it can read it.',
    making: 'Making the file',
    done: (name: string) => `${name} is made.`,
    failed: 'That did not work just now. Nothing was changed; try again.',
    cancel: 'Stop',
    stopped: 'Stopped. No file was made.',
  },
  rescue: {
    title: 'Rescue file',
    about:
      'A locked copy of what is not delivered yet. Keep it somewhere safe if this phone may break; only your own journal opens it.',
    none: 'Nothing waits, so there is nothing to rescue.',
    make: (n: number) => (n === 1 ? 'Keep a rescue file of 1 item' : `Keep a rescue file of ${n} items`),
    makeSub: 'Sealed with your own key',
    made: (n: number) => (n === 1 ? '1 item is in the file.' : `${n} items are in the file.`),
    noKey: 'This phone has no key yet, so nothing can be locked or opened. It comes with the first signal.',
    failed: 'The file could not be made just now. Try again.',
    back: 'Put back a rescue file',
    backSub: 'What is here or delivered already is left as it is',
    reading: 'Reading it…',
  },
  putBack: {
    done: (back: number, there: number) => {
      const came =
        back === 0 ? 'Nothing had to be put back.' : back === 1 ? '1 item is back.' : `${back} items are back.`;
      const had = there === 0 ? '' : there === 1 ? ' 1 was here already.' : ` ${there} were here already.`;
      return came + had;
    },
    another:
      'This file belongs to another person, or to an earlier key of yours. It stays closed, and nothing was changed.',
    damaged: 'This rescue file is not whole any more. Nothing was changed.',
    newer: 'A newer Handrail made this file. Update first, then put it back.',
    'not-a-rescue-file': 'This is not a Handrail rescue file. Nothing was changed.',
    failed: 'It could not be put back just now. The file is unharmed; try again.',
  },
  erase: 'Erase my account',
  eraseSub: 'From this phone, from the server, for good',
};

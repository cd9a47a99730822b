export const words = {
  top: 'If this phone is lost',
  title: 'A passkey for your journal',
  say: 'Your phone’s own lock opens your journal on another device that has the same passkey. It comes beside the twelve words: keep those too, for a passkey is gone when its provider’s account is.',
  make: 'Make a passkey',
  making: 'Waiting for your device…',
  made: 'Your passkey is kept. It opens your journal on a device that has it.',
  has: 'You have a passkey. Making another one takes its place.',
  wordsFirst: 'Write down twelve words first. A passkey is never the only way back.',
  goWords: 'Write down twelve words',
  done: 'Back to this phone',
  wrong: {
    unsupported: 'This browser or device cannot seal with a passkey. Your twelve words do the same.',
    refused: 'The question was closed. Nothing changed.',
    offline: 'No signal. It needs the server once; try again when it is back.',
    failed: 'That did not work just now. Try again.',
  },
};

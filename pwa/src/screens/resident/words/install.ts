/** How to put Handrail on a home screen, in the words of each kind of browser. */

interface Step {
  name: string;
  say: string;
}

export interface Coach {
  title: string;
  lede: string;
  steps: [Step, Step, Step];
}

const THUMB = 'Put it where your thumb will find it.';

export const words = {
  tab: 'Home Screen',
  kicker: 'About a minute',
  notNow: 'Not now',
  useHere: 'Use it here',
  here: ['Share', 'is here'] as const,
  help: 'Help',
  take: 'Install Handrail',
  taking: 'Waiting for your browser…',
  passed: 'Nothing was installed. The offer comes back with the next start.',
  done: { title: 'Handrail is on this device.', say: 'Open it from its icon. Nothing else changes.' },
  today: 'Go to Today',
};

const open = { name: 'Open Handrail from its icon', say: 'It asks about prompts there, not here.' };
const openPlain = { name: 'Open Handrail from its icon', say: 'It starts without the browser around it.' };

export const coaches = {
  iphone: {
    title: THUMB,
    lede: 'On iPhone, only Home Screen apps may prompt you.',
    steps: [
      { name: 'Tap Share', say: 'In the bar below. Not there? Tap the three dots first.' },
      { name: 'Add to Home Screen', say: 'Leave “Open as Web App” on.' },
      open,
    ],
  },
  ipad: {
    title: THUMB,
    lede: 'On iPad, only Home Screen apps may prompt you.',
    steps: [
      { name: 'Tap Share', say: 'At the top, beside the address.' },
      { name: 'Add to Home Screen', say: 'Leave “Open as Web App” on.' },
      open,
    ],
  },
  otherApple: {
    title: THUMB,
    lede: 'Here, only Home Screen apps may prompt you.',
    steps: [
      { name: 'Tap Share', say: 'Beside the address. No Share there? Open this page in Safari.' },
      { name: 'Add to Home Screen', say: 'Scroll down in the list to find it.' },
      open,
    ],
  },
  offered: {
    title: THUMB,
    lede: 'Your browser can do it at once. It takes no app store and hardly any space.',
    steps: [
      { name: 'Tap Install below', say: 'Your browser asks once more.' },
      { name: 'Say yes', say: 'An icon appears on your home screen.' },
      openPlain,
    ],
  },
  android: {
    title: THUMB,
    lede: 'Prompts arrive without it too. With it, Handrail starts like any app.',
    steps: [
      { name: 'Open the browser’s menu', say: 'The three dots or lines, beside the address.' },
      { name: 'Add to Home screen', say: 'Some browsers call it Install.' },
      openPlain,
    ],
  },
  mac: {
    title: 'Put it in your Dock.',
    lede: 'Prompts arrive without it too.',
    steps: [
      { name: 'Open the File menu', say: 'At the top of the screen.' },
      { name: 'Add to Dock', say: 'Keep the name as it is.' },
      openPlain,
    ],
  },
  desktop: {
    title: 'Give it a window of its own.',
    lede: 'Prompts arrive without it too, while the browser runs.',
    steps: [
      { name: 'Look at the end of the address bar', say: 'A small screen with an arrow means it can be installed.' },
      { name: 'Choose Install', say: 'No such sign? Then this browser keeps it as a tab.' },
      openPlain,
    ],
  },
} satisfies Record<string, Coach>;

export const words = {
  tab: 'Prompts',
  last: 'Last step',
  title: 'May we tap your shoulder?',
  lede: 'This is all a lock screen will ever show:',
  sample: 'A 20-second check-in is ready.',
  sampleLabel: 'Sample notification: Handrail. A 20-second check-in is ready.',
  now: 'now',
  promises: {
    week: 'At most four a week, at times you pick',
    quiet: 'Never in your quiet hours',
    nothing: 'No feeling, name or patient, ever',
  },
  allow: 'Allow prompts',
  asking: 'Waiting for your phone…',
  myself: 'I’ll open it myself',
  once: 'Your phone will ask you once more.',
  notReady: 'Handrail is still settling in on this phone. Try again in a moment.',
  ignored: 'The question was closed. You can ask again.',
  unreachable: 'The push service of this browser did not answer. Try again, or on another network.',
  blocked: {
    title: 'This browser was told no.',
    say: 'Only its settings can change that. Prompts also wait in Today.',
    again: 'I have allowed it',
    still: 'It still says no.',
  },
  /** Where notifications are allowed, on each kind of device. */
  settings: {
    apple: 'Settings, then Apps, Handrail, Notifications: turn Allow Notifications on.',
    android: 'Hold the icon of Handrail or of your browser, tap App info, then Notifications: turn them on.',
    desktop: 'Press the sign left of the address, find Notifications, and choose Allow.',
  },
  unsupported: {
    title: 'This browser cannot be prompted.',
    say: 'Prompts wait in Today all the same. Open Handrail when it suits you, or use another browser.',
  },
  switchedOff: {
    title: 'Prompts are switched off for now.',
    say: 'Whoever runs Handrail here did that, for everybody. They wait in Today meanwhile, and nothing you saved is lost.',
  },
  turnedOn: 'Prompts are on.',
  today: 'Go to Today',
  ways: 'Other ways to be reached',
};

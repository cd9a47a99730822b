export const words = {
  top: 'Help',
  offline: 'Works without internet',
  title: 'You don’t have to sort this out alone.',
  lede: 'Here are people you can reach right now.',
  call: (name: string) => `Call ${name}`,
  note: 'Handrail is not care and is not watched. What you tap here is not recorded.',
  checked: (day: string) => `Lines last checked ${day}.`,
  urgent: 'If you might hurt yourself or someone else',
  call988: 'Call 988',
  text988: 'Text 988',
  call911: 'Call 911',
};

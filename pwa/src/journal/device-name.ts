/** What the resident sees in the list of own devices: "Chrome on Android". No more than the browser says of itself anyway. */
export function deviceName(): string {
  const agent = typeof navigator === 'undefined' ? '' : navigator.userAgent;
  const browsers: [RegExp, string][] = [
    [/Firefox\//, 'Firefox'],
    [/Edg\//, 'Edge'],
    [/Chrom(e|ium)\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ];
  const systems: [RegExp, string][] = [
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Mac/, 'Mac'],
    [/Windows/, 'Windows'],
    [/Linux/, 'Linux'],
  ];
  const first = (list: [RegExp, string][], other: string) => list.find(([sign]) => sign.test(agent))?.[1] ?? other;
  return `${first(browsers, 'Browser')} on ${first(systems, 'a device')}`;
}

/** An iPhone or iPad; iPads say they are Macs and give themselves away by their touch points. */
export function apple(): boolean {
  if (typeof navigator === 'undefined') return false;
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}

/** An iPad, which has its Share button at the top. */
export const pad = (): boolean => apple() && !/iPhone|iPod/.test(navigator.userAgent);

/** A browser on iOS that is not Safari: its Share button is beside the address. */
export const otherApple = (): boolean => apple() && /CriOS|FxiOS|EdgiOS|OPT\//.test(navigator.userAgent);

export const android = (): boolean => typeof navigator !== 'undefined' && /Android/.test(navigator.userAgent);

/** Safari on a Mac, which installs from its File menu. */
export const macSafari = (): boolean =>
  typeof navigator !== 'undefined' &&
  !apple() &&
  /Macintosh.*Version\/.*Safari/.test(navigator.userAgent) &&
  !/Chrome|Firefox/.test(navigator.userAgent);

/** Whose settings allow notifications here. */
export const settingsKind = (): 'apple' | 'android' | 'desktop' =>
  apple() ? 'apple' : android() ? 'android' : 'desktop';

/** A browser tab on an iPhone: it cannot be prompted and shares nothing with the installed app. */
export const appleTab = (): boolean => apple() && !matchMedia('(display-mode: standalone)').matches;

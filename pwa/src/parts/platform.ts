/** An iPhone or iPad; iPads say they are Macs and give themselves away by their touch points. */
export function apple(): boolean {
  if (typeof navigator === 'undefined') return false;
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}

/** A browser tab on an iPhone: it cannot be prompted and shares nothing with the installed app. */
export const appleTab = (): boolean => apple() && !matchMedia('(display-mode: standalone)').matches;

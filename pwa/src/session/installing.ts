/** Whether this app stands on its own here, and the browser's offer to install it. */

import { signal } from '@preact/signals';

/** What Chromium's browsers hand over when the app could be installed; the type libraries leave it out. */
interface InstallPrompt extends Event {
  prompt(): Promise<void>;
  userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

/** True when there is an offer to take; it can be taken once. */
export const canInstall = signal(false);
/** True when the app runs from its icon, or was installed a moment ago. */
export const installed = signal(false);

let offer: InstallPrompt | null = null;

/** Called once, early: the browser makes its offer soon after the page has loaded, and only once. */
export function watchInstall(): void {
  if (typeof matchMedia === 'undefined') return;
  installed.value = matchMedia('(display-mode: standalone)').matches;
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer = event as InstallPrompt;
    canInstall.value = true;
  });
  addEventListener('appinstalled', () => {
    canInstall.value = false;
    installed.value = true;
  });
}

/** Straight from the tap. False when the resident thought better of it, or there is no offer. */
export async function takeInstall(): Promise<boolean> {
  const taken = offer;
  offer = null;
  canInstall.value = false;
  if (!taken) return false;
  await taken.prompt();
  const { outcome } = await taken.userChoice;
  if (outcome === 'accepted') installed.value = true;
  return outcome === 'accepted';
}

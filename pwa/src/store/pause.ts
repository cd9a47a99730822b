/** Long work in short pieces: between two of them the browser paints and takes taps. */

import { ticks } from '../clock';

/** Milliseconds of work before a pause; a frame at 60 a second has sixteen. */
const PIECE_MS = 8;

type Scheduling = { scheduler?: { yield?: () => Promise<void> } };

/** Lets everything go first that the browser has to do. A hidden page is not slowed down, as it would be by a timer. */
export function pause(): Promise<void> {
  const { scheduler } = globalThis as Scheduling;
  if (scheduler?.yield) return scheduler.yield();
  return new Promise((goOn) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      goOn();
    };
    port2.postMessage(null);
  });
}

/** Gives a function to call between two steps of long work; it pauses only when a piece of work has been long enough. */
export function inPieces(): () => Promise<void> {
  let since = ticks();
  return async () => {
    if (ticks() - since < PIECE_MS) return;
    await pause();
    since = ticks();
  };
}

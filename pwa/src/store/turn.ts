/** One exchange at a time among all windows and the worker. It spares the network; correctness does not depend on it. */

const LOCK = 'handrail/flush';

const locks = (): LockManager | null => (typeof navigator === 'undefined' ? null : (navigator.locks ?? null));

/**
 * Milliseconds to wait for another window. One that the system froze in the middle of an exchange, or that the browser
 * kept for Back, holds its place for as long as it sleeps; what waits here must be delivered within half a minute.
 */
const PATIENCE_MS = 10_000;

/**
 * Does the work once no other window does work under this name. One that does not get on with it is not waited for: its
 * place is taken, so that nobody else waits either, and two at once cost the network something and nothing else.
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const held = locks();
  if (!held) return work();
  let running: Promise<T> | null = null;
  const begin = () => {
    running = work();
    return running;
  };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await held.request(name, { signal }, begin).catch((error) => {
      if (running || !signal.aborted) throw error;
      return held.request(name, { steal: true }, begin);
    });
  } catch (error) {
    // Our own place may have been taken while we slept: the work goes on, and its outcome counts.
    if (running) return running;
    throw error;
  }
}

/** Does the work once no exchange is running, and keeps others from starting one meanwhile. */
export const alone = <T>(work: () => Promise<T>): Promise<T> => withLock(LOCK, work);

/** Does the work unless an exchange is running, which then does it anyway. */
export async function unlessBusy(work: () => Promise<void>): Promise<void> {
  const held = locks();
  if (!held) return work();
  await held.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

/** One exchange at a time among all windows and the worker. It spares the network; correctness does not depend on it. */

const LOCK = 'handrail/flush';

const locks = (): LockManager | null => (typeof navigator === 'undefined' ? null : (navigator.locks ?? null));

/** Does the work once no other window does work under this name. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const held = locks();
  return held ? await held.request(name, work) : work();
}

/** Milliseconds. A window the system froze in the middle of an exchange holds its lock for as long as it sleeps. */
const WAIT_MAX_MS = 45_000;

/**
 * Does the work once no exchange is running, and keeps others from starting one meanwhile. One that never ends is not
 * waited for: two at once cost the network something, and nothing else.
 */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  const held = locks();
  if (!held) return work();
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), WAIT_MAX_MS);
  let begun = false;
  const once = () => {
    begun = true;
    clearTimeout(timer);
    return work();
  };
  try {
    return await held.request(LOCK, { signal: patience.signal }, once);
  } catch (error) {
    if (begun || !patience.signal.aborted) throw error;
    return work();
  } finally {
    clearTimeout(timer);
  }
}

/** Does the work unless an exchange is running, which then does it anyway. */
export async function unlessBusy(work: () => Promise<void>): Promise<void> {
  const held = locks();
  if (!held) return work();
  await held.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

/** One exchange at a time among all windows and the worker. It spares the network; correctness does not depend on it. */

const LOCK = 'handrail/flush';

const locks = (): LockManager | null => (typeof navigator === 'undefined' ? null : (navigator.locks ?? null));

/** Does the work once no other window does work under this name. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const held = locks();
  return held ? await held.request(name, work) : work();
}

/** Does the work once no exchange is running, and keeps others from starting one meanwhile. */
export const alone = <T>(work: () => Promise<T>): Promise<T> => withLock(LOCK, work);

/** Does the work unless an exchange is running, which then does it anyway. */
export async function unlessBusy(work: () => Promise<void>): Promise<void> {
  const held = locks();
  if (!held) return work();
  await held.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

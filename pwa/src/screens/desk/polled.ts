import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Refusal, type Tagged } from '../../api';
import { now } from '../../clock';

/** `offline`: no way out of this device. `failed`: no answer that can be trusted. `signed_out`: the session has ended. */
export type Trouble = 'offline' | 'failed' | 'signed_out';

/** Which trouble an error of `api.ts` stands for. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof Refusal && error.status === 401) return 'signed_out';
  return navigator.onLine ? 'failed' : 'offline';
}

export interface Polled<T> {
  /** The last list that was read; null until the first one arrives. It stays while the network is gone. */
  list: T | null;
  /** When Handrail last said that this list is the newest, in milliseconds on the app's clock. */
  readAt: number | null;
  trouble: Trouble | null;
  again: () => void;
}

/**
 * Reads a list now, every `everyMs` while the page can be seen, and at once when it comes back into sight or online.
 * A hidden tab asks nothing. A failed read keeps the last list and says which trouble it met.
 */
export function usePolled<T>(ask: (etag: string | null) => Promise<Tagged<T>>, everyMs = 30_000): Polled<T> {
  const [list, setList] = useState<T | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const readAt = useRef<number | null>(null);
  const etag = useRef<string | null>(null);
  const asking = useRef(false);

  const read = useCallback(async () => {
    // A slow answer must not be overtaken by the next question, or an older list could replace a newer one.
    if (asking.current) return;
    asking.current = true;
    try {
      const answer = await ask(etag.current);
      readAt.current = now();
      etag.current = answer.etag;
      // No value is a 304: what stands on the screen is still the newest, and nothing is drawn again.
      if (answer.value !== null) setList(answer.value);
      setTrouble(null);
    } catch (error) {
      setTrouble(troubleOf(error));
    } finally {
      asking.current = false;
    }
  }, [ask]);

  useEffect(() => {
    const inSight = () => document.visibilityState === 'visible';
    const readInSight = () => {
      if (inSight()) void read();
    };
    const lost = () => setTrouble('offline');
    readInSight();
    const timer = setInterval(readInSight, everyMs);
    document.addEventListener('visibilitychange', readInSight);
    window.addEventListener('online', readInSight);
    window.addEventListener('offline', lost);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', readInSight);
      window.removeEventListener('online', readInSight);
      window.removeEventListener('offline', lost);
    };
  }, [read, everyMs]);

  return { list, readAt: readAt.current, trouble, again: () => void read() };
}

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { now } from '../../clock';

/** `same` is a 304: the page on the screen is still the newest. */
export type Answer<T> = 'same' | { etag: string | null; body: T };

export interface Polled<T> {
  /** The last list that was read; null until the first one arrives. It stays while the network is gone. */
  list: T | null;
  /** When Handrail last said that this list is the newest. */
  readAt: Date | null;
  trouble: 'offline' | 'failed' | null;
  again: () => void;
}

/**
 * Reads a list now, every `everyMs` while the page can be seen, and at once when it comes back into sight or online.
 * A hidden tab asks nothing. A failed read keeps the last list and says which trouble it met.
 */
export function usePolled<T>(ask: (etag: string | null) => Promise<Answer<T>>, everyMs = 30_000): Polled<T> {
  const [list, setList] = useState<T | null>(null);
  const [trouble, setTrouble] = useState<Polled<T>['trouble']>(null);
  const readAt = useRef<Date | null>(null);
  const etag = useRef<string | null>(null);
  const asking = useRef(false);

  const read = useCallback(async () => {
    // A slow answer must not be overtaken by the next question, or an older list could replace a newer one.
    if (asking.current) return;
    asking.current = true;
    try {
      const answer = await ask(etag.current);
      readAt.current = now();
      if (answer !== 'same') {
        etag.current = answer.etag;
        setList(answer.body);
      }
      setTrouble(null);
    } catch {
      setTrouble(navigator.onLine ? 'failed' : 'offline');
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

import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
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

/** Runs `once` now; asked again while it runs, it runs one more time afterwards. Never two at a time. */
function oneAtATime(once: () => Promise<void>): () => void {
  let running = false;
  let wanted = false;
  return async () => {
    wanted = true;
    // A slow answer must not be overtaken by the next question, or an older list could replace a newer one.
    if (running) return;
    running = true;
    while (wanted) {
      wanted = false;
      await once();
    }
    running = false;
  };
}

/**
 * Reads a list now, every `everyMs` while the page can be seen, and at once when it comes back into sight or online.
 * A hidden tab asks nothing. A failed read keeps the last list and says which trouble it met.
 */
export function usePolled<T>(ask: (etag: string | null) => Promise<Tagged<T>>, everyMs: number): Polled<T> {
  const [list, setList] = useState<T | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const readAt = useRef<number | null>(null);
  const etag = useRef<string | null>(null);

  const once = useCallback(async () => {
    try {
      const answer = await ask(etag.current);
      readAt.current = now();
      etag.current = answer.etag;
      // No value is a 304: what stands on the screen is still the newest, and nothing is drawn again.
      if (answer.value !== null) setList(answer.value);
      setTrouble(null);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  }, [ask]);
  const read = useMemo(() => oneAtATime(once), [once]);

  useEffect(() => {
    const readInSight = () => {
      if (document.visibilityState === 'visible') read();
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

  return { list, readAt: readAt.current, trouble, again: read };
}

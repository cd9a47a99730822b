import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface LazyProps<P> {
  load: () => Promise<ComponentType<P>>;
  with: P;
  /** Shown while it comes, and when it did not come. */
  waits: preact.JSX.Element;
  failed: preact.JSX.Element;
}

/** A page that is fetched when it is opened; the worker keeps it, so it comes without a network too. */
export function Lazy<P extends object>({ load, with: props, waits, failed }: LazyProps<P>) {
  const [Page, setPage] = useState<ComponentType<P> | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    load().then(
      (page) => setPage(() => page),
      () => setBroken(true),
    );
  }, [load]);
  if (broken) return failed;
  return Page ? <Page {...props} /> : waits;
}

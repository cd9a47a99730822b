import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Grip } from '../parts/grip';
import { words } from '../words';
import { PlainPage } from './resident/plain-page';

/** A page that is fetched when somebody goes there, and kept with the rest for a start without a network. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let here: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [Page, setPage] = useState(() => here);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (here) return;
      load().then(
        (page) => {
          here = page;
          setPage(() => page);
        },
        () => setFailed(true),
      );
    }, []);
    if (failed) return <Broken />;
    return Page ? <Page {...props} /> : <div class="phone opening" aria-busy="true" />;
  };
}

/** Its file did not come: no signal, or a newer version has taken its place, which a fresh start brings. */
function Broken() {
  return (
    <PlainPage title={words.broken.title} say={words.broken.say}>
      <Grip main onPress={() => location.reload()}>
        {words.broken.again}
      </Grip>
      <Grip center href="/">
        {words.unknown.home}
      </Grip>
    </PlainPage>
  );
}

import { useState } from 'preact/hooks';
import { SignOutIcon } from '../../parts/icons';
import { go } from '../../parts/route';
import { signOut } from '../../session';
import { words } from './words';

async function leave(): Promise<void> {
  await signOut();
  go('/sign-in', { replace: true });
}

/** A desk keeps nothing of its own, so signing out asks nothing and loses nothing. */
export function SignOut() {
  const [leaving, setLeaving] = useState(false);
  const press = () => {
    if (leaving) return;
    setLeaving(true);
    void leave().finally(() => setLeaving(false));
  };
  return (
    <button type="button" class="out" onClick={press}>
      <SignOutIcon size="s" />
      {leaving ? words.signingOut : words.signOut}
    </button>
  );
}

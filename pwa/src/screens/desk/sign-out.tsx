import { useState } from 'preact/hooks';
import { SignOutIcon } from '../../parts/icons';
import { signOut } from '../../session';
import { words } from './words';

/** A desk keeps nothing of its own, so signing out asks nothing and loses nothing. */
export function SignOut() {
  const [leaving, setLeaving] = useState(false);
  const leave = () => {
    if (leaving) return;
    setLeaving(true);
    void signOut().finally(() => setLeaving(false));
  };
  return (
    <button type="button" class="out" onClick={leave}>
      <SignOutIcon size="s" />
      {leaving ? words.signingOut : words.signOut}
    </button>
  );
}

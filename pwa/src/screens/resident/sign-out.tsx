import { useState } from 'preact/hooks';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { say } from '../../parts/live';
import { go } from '../../parts/route';
import { Sheet } from '../../parts/sheet';
import { keys, needsUpdate, session, signOut, syncNow } from '../../session';
import { discardUnsent, waiting } from '../../store';
import { words as page } from './words/phone';

const words = page.out;

/** Why it is not delivered although it was tried. */
function stillHere(): string {
  if (needsUpdate.value) return words.stillLater;
  return session.value === 'needs-sign-in' || keys.value === 'locked' ? words.stillLocked : words.still;
}

/** Signing out with things not delivered yet neither leaks nor loses them: the person says what happens. */
export function SignOutSheet({ onClose }: { onClose: () => void }) {
  const [told, setTold] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const count = waiting.value;
  const tell = (line: string) => {
    setTold(line);
    say(line);
  };
  const out = async () => {
    await signOut();
    go('/sign-in', { replace: true });
  };
  const deliver = async () => {
    setBusy(true);
    await syncNow();
    setBusy(false);
    if (waiting.value === 0) return out();
    tell(stillHere());
  };
  const discard = async () => {
    try {
      await discardUnsent();
    } catch {
      return tell(words.notDiscarded);
    }
    await out();
  };
  const rescue = async () => {
    const part = import('./rescue-part').then(({ keepRescueFile }) => keepRescueFile());
    tell(await part.catch(() => words.noRescue));
  };
  return (
    <Sheet
      title={words.title(count)}
      onClose={onClose}
      dado={
        <>
          <div class="grips">
            <Grip main onPress={() => !busy && void deliver()}>
              {busy ? words.delivering : words.deliver}
            </Grip>
            <Grip center onPress={onClose}>
              {words.stay}
            </Grip>
            {told && (
              <>
                <Grip center onPress={() => void out()}>
                  {words.leave}
                </Grip>
                <Grip center onPress={() => void rescue()}>
                  {words.rescue}
                </Grip>
              </>
            )}
            <Grip center onPress={() => void discard()}>
              {words.discard(count)}
            </Grip>
          </div>
          <Foot />
        </>
      }
    >
      <p class="sheet-line">{told ?? words.say}</p>
    </Sheet>
  );
}

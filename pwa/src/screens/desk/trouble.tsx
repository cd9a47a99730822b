import { time } from '../../parts/dates';
import { NoSignalIcon } from '../../parts/icons';
import type { Polled } from './polled';
import { words } from './words';

/** Says plainly that the list on the screen may be old, and why. Draws nothing while all is well. */
export function TroubleLine({ polled, zone }: { polled: Polled<unknown>; zone: string }) {
  const { trouble, readAt, again } = polled;
  if (!trouble) return null;
  const old = readAt === null ? words.nothingRead : words.asOf(time(readAt, zone));
  return (
    <div class="notice">
      <NoSignalIcon size="s" />
      <p>
        <b>{words.trouble[trouble]}</b> {old} {trouble === 'signed_out' ? '' : words.askAgain}
      </p>
      {trouble === 'signed_out' ? (
        <a class="btn bare" href="/sign-in">
          {words.signIn}
        </a>
      ) : (
        <button type="button" class="btn bare" onClick={again}>
          {words.tryNow}
        </button>
      )}
    </div>
  );
}

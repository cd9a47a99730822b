import { Dots } from './marks';
import { partWords } from './words';

/** The same size as a result. `why` is the release's own sentence; it never says how many there are. */
export function NotEnough({ why }: { why: string | null }) {
  return (
    <div class="not-enough">
      <Dots open />
      <p>
        <b>{partWords.band.none}</b> {why}
      </p>
    </div>
  );
}

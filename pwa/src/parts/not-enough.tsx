import { Dots } from './marks';
import { partWords } from './words';

/** The same size as a result: why there is nothing yet, and what happens next. Never how many there are. */
export function NotEnough({ why }: { why?: string | null }) {
  return (
    <div class="not-enough">
      <Dots open />
      <p>
        <b>{partWords.band.none}</b> {why || partWords.band.noneWhy}
      </p>
    </div>
  );
}

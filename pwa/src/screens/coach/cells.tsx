import type { Band as BandName, Cell } from '../../contract';
import { Band } from '../../parts/band';
import { NotEnough } from '../../parts/not-enough';
import { partWords } from '../../parts/words';

function Chip({ name, band }: { name: string; band: BandName }) {
  return (
    <li class="way">
      <span>{name}</span>
      <i class={band} aria-hidden="true">
        <u />
        <u />
        <u />
      </i>
      <b>{partWords.band[band]}</b>
    </li>
  );
}

/** One row of a release: a band with its word, the chips that were named often enough, or why there is nothing yet. */
export function CellRow({ cell }: { cell: Cell }) {
  if (cell.state === 'shown' && cell.band) {
    return (
      <div>
        <dt>{cell.words}</dt>
        <dd>
          <Band band={cell.band} />
        </dd>
      </div>
    );
  }
  if (cell.state === 'shown' && cell.chips?.length) {
    return (
      <div class="chosen">
        <dt>{cell.words}</dt>
        <dd>
          <ul>
            {cell.chips.map((chip) => (
              <Chip key={chip.words} name={chip.words} band={chip.band} />
            ))}
          </ul>
        </dd>
      </div>
    );
  }
  if (cell.state === 'shown') {
    return (
      <div class="chosen">
        <dt>{cell.words}</dt>
        <dd class="small">{cell.why ?? partWords.band.noChips}</dd>
      </div>
    );
  }
  return (
    <div class="none">
      <dt>{cell.words}</dt>
      <dd>
        <NotEnough why={cell.why} />
      </dd>
    </div>
  );
}

import type { Band as BandName } from '../contract';
import { partWords } from './words';

const NAMES: BandName[] = ['few', 'half', 'most'];

/** A place with soft ends, never a count; the word under it carries the meaning. */
export function Band({ band }: { band: BandName }) {
  return (
    <div class="band" data-b={band} role="img" aria-label={partWords.band[band]}>
      {NAMES.map((name) =>
        name === band ? <b key={name}>{partWords.band[name]}</b> : <span key={name}>{partWords.band[name]}</span>,
      )}
    </div>
  );
}

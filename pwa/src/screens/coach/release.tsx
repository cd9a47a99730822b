import { useId } from 'preact/hooks';
import type { CoachRelease } from '../../contract';
import { dayAndMonth } from '../../parts/dates';
import { InfoIcon } from '../../parts/icons';
import { span } from '../desk/dates';
import { DownIcon } from '../desk/icons';
import { EarlierCard } from './agenda';
import { CellRow } from './cells';
import { words } from './words';

interface ReleaseProps {
  release: CoachRelease;
  zone: string;
  Heading: 'h2' | 'h3';
}

/** The honest line is repeated under every release, because each is read on its own. */
function Care({ note }: { note: string }) {
  return (
    <p class="care">
      <InfoIcon size="s" />
      <span>{note || words.care}</span>
    </p>
  );
}

/** The newest release of a group: always open, hanging off the rail. */
export function NewestRelease({ release, zone, Heading }: ReleaseProps) {
  return (
    <article class="release newest">
      <span class="arm" aria-hidden="true" />
      <Heading class="title">
        {span(release.open_day, release.end_day)}{' '}
        <span class="small when">{words.published(dayAndMonth(release.published_at, zone))}</span>
      </Heading>
      <dl class="items">
        {release.cells.map((cell) => (
          <CellRow key={`${cell.protocol}${cell.item}`} cell={cell} />
        ))}
      </dl>
      <Care note={release.note} />
    </article>
  );
}

/** An earlier release is one line until it is opened; what it says never changed since it was published. */
export function EarlierRelease({
  release,
  zone,
  Heading,
  open,
  onToggle,
}: ReleaseProps & { open: boolean; onToggle: () => void }) {
  const id = useId();
  return (
    <article class="release past">
      <span class="arm" aria-hidden="true" />
      <Heading class="title">
        <button type="button" aria-expanded={open} aria-controls={id} onClick={onToggle}>
          <span>
            {span(release.open_day, release.end_day)}{' '}
            <span class="small when">{words.published(dayAndMonth(release.published_at, zone))}</span>
          </span>
          <DownIcon size="s" />
        </button>
      </Heading>
      <div id={id} hidden={!open}>
        <dl class="items">
          {release.cells.map((cell) => (
            <CellRow key={`${cell.protocol}${cell.item}`} cell={cell} />
          ))}
          {release.agenda && <EarlierCard agenda={release.agenda} />}
        </dl>
        <Care note={release.note} />
      </div>
    </article>
  );
}

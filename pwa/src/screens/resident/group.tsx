import { useState } from 'preact/hooks';
import { now } from '../../clock';
import type { Cell, Release } from '../../contract';
import { Band } from '../../parts/band';
import { dayAndMonth, nearDay, time } from '../../parts/dates';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { InfoIcon } from '../../parts/icons';
import { NotEnough } from '../../parts/not-enough';
import { Sheet } from '../../parts/sheet';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { partWords } from '../../parts/words';
import { me, online, releases } from '../../store';
import { words } from './words/group';

const HOUR_MS = 3_600_000;

/** The group's releases, to residents first: the same bands the coach will see, and never a number. */
export function Group() {
  useTitle(words.title);
  const [how, setHow] = useState(false);
  const list = [...releases.value].sort((a, b) => b.published_at.localeCompare(a.published_at));
  return (
    <Stairwell
      name="group"
      tab="group"
      fixed={words.title}
      onRail={false}
      top={
        <h1 class="screen-title" tabIndex={-1}>
          {words.title}
        </h1>
      }
      dado={
        <div class="grips">
          <Grip icon={<InfoIcon />} onPress={() => setHow(true)} onward>
            {words.how.open}
          </Grip>
        </div>
      }
    >
      <p class="lede group-lede">{list.length === 0 ? words.empty : words.lede}</p>
      {!online.value && (
        <p class="small" role="status">
          {words.offline}
        </p>
      )}
      {list.map((release) => (
        <GroupRelease key={release.key_id} release={release} />
      ))}
      {how && <How onClose={() => setHow(false)} />}
    </Stairwell>
  );
}

function GroupRelease({ release }: { release: Release }) {
  const zone = me.value?.zone ?? 'UTC';
  const coaches = Date.parse(release.published_at) + (me.value?.residents_first_h ?? 0) * HOUR_MS;
  const early = now() < coaches;
  // The days of a block are calendar days; noon in UTC is that day everywhere a phone can be.
  const day = (value: string) => dayAndMonth(`${value}T12:00:00Z`, 'UTC');
  return (
    <article class="group-release">
      <h2 class="title">{words.span(day(release.open_day), day(release.end_day))}</h2>
      <p class="small when">
        {release.group.name}. {early ? words.first(nearDay(coaches, zone), time(coaches, zone)) : words.both}
      </p>
      <dl class="cells">
        {release.cells.map((cell) => (
          <CellRow key={`${cell.protocol}${cell.item}`} cell={cell} />
        ))}
      </dl>
      {release.agenda && (
        <div class="paper agenda">
          <p class="small">{words.question}</p>
          <p class="plan">{release.agenda.question}</p>
          <p class="small ask">{words.step}</p>
          <p class="step">{release.agenda.step}</p>
          <p class="small ask">{words.from(release.agenda.from)}</p>
        </div>
      )}
      <p class="care-line small">
        <InfoIcon size="s" />
        <span>
          {words.care} {words.never}
        </span>
      </p>
    </article>
  );
}

function CellRow({ cell }: { cell: Cell }) {
  return (
    <div>
      <dt>{cell.words}</dt>
      <dd>{shown(cell)}</dd>
    </div>
  );
}

function shown(cell: Cell) {
  if (cell.state === 'not_enough') return <NotEnough why={cell.why} />;
  if (cell.kind === 'share' && cell.band) return <Band band={cell.band} />;
  if (!cell.chips?.length) return <p class="small">{partWords.band.noChips}</p>;
  return (
    <ul>
      {cell.chips.map((chip) => (
        <li key={chip.words} class="chosen-row">
          <span>{chip.words}</span>
          <i class={chip.band} aria-hidden="true">
            <u />
            <u />
            <u />
          </i>
          <b>{partWords.band[chip.band]}</b>
        </li>
      ))}
    </ul>
  );
}

function How({ onClose }: { onClose: () => void }) {
  return (
    <Sheet
      title={words.how.title}
      onClose={onClose}
      dado={
        <>
          <Grip main onPress={onClose}>
            {partWords.close}
          </Grip>
          <Foot />
        </>
      }
    >
      {words.how.lines.map((line) => (
        <p key={line} class="sheet-line">
          {line}
        </p>
      ))}
    </Sheet>
  );
}

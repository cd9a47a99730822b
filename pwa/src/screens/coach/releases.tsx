import { useState } from 'preact/hooks';
import { coachReleases } from '../../api';
import type { CoachRelease, CoachReleases, Me } from '../../contract';
import { longDay, time } from '../../parts/dates';
import { span } from '../desk/dates';
import { usePolled } from '../desk/polled';
import { TroubleLine } from '../desk/trouble';
import { AgendaCard } from './agenda';
import { useArrivals } from './arrivals';
import { EarlierRelease, NewestRelease } from './release';
import { words } from './words';

type GroupReleases = CoachReleases['groups'][number];

/** A term's releases are weeks apart; in a demo the weeks pass while somebody watches. */
const EVERY_MS = 30_000;
const DEMO_EVERY_MS = 5_000;

/** The name of a release inside one page: a group has one release for each block. */
export const keyOf = (release: CoachRelease) => `${release.group.id} ${release.block}`;

/** Draws nothing between terms, when no release is to come. */
function NextRelease({ at, zone }: { at: string | null; zone: string }) {
  if (!at) return null;
  return (
    <p class="small next">
      {words.next}
      <b>{longDay(at, zone)}</b>
    </p>
  );
}

function NoRelease({ at, zone, Heading }: { at: string | null; zone: string; Heading: 'h2' | 'h3' }) {
  return (
    <article class="release past bare">
      <span class="arm" aria-hidden="true" />
      <Heading class="title">{words.none}</Heading>
      <p class="lede">
        {at ? words.firstComes(longDay(at, zone), time(at, zone)) : words.firstUnknown} {words.noneTail}
      </p>
    </article>
  );
}

interface GroupProps {
  of: GroupReleases;
  zone: string;
  Heading: 'h2' | 'h3';
}

/** All releases of one group, newest first: the newest open with its card beside it, the earlier ones one line each. */
function GroupWall({ of, zone, Heading }: GroupProps) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [newest, ...earlier] = [...of.releases].sort((a, b) => (a.open_day < b.open_day ? 1 : -1));
  if (!newest) return <NoRelease at={of.next_release_at} zone={zone} Heading={Heading} />;
  const toggle = (key: string) => {
    const next = new Set(opened);
    if (!next.delete(key)) next.add(key);
    setOpened(next);
  };
  return (
    <div class={newest.agenda ? 'cols' : 'cols alone'}>
      <NewestRelease release={newest} zone={zone} Heading={Heading} />
      {newest.agenda && <AgendaCard release={newest} agenda={newest.agenda} Heading={Heading} />}
      <div class="earlier">
        {earlier.map((release) => (
          <EarlierRelease
            key={keyOf(release)}
            release={release}
            zone={zone}
            Heading={Heading}
            open={opened.has(keyOf(release))}
            onToggle={() => toggle(keyOf(release))}
          />
        ))}
      </div>
    </div>
  );
}

function GroupSection({ of, zone }: { of: GroupReleases; zone: string }) {
  const id = `group-${of.group.id}`;
  return (
    <section class="of-group" aria-labelledby={id}>
      <header>
        <h2 id={id}>{of.group.name}</h2>
        {of.releases.length > 0 && <NextRelease at={of.next_release_at} zone={zone} />}
      </header>
      <GroupWall of={of} zone={zone} Heading="h3" />
    </section>
  );
}

function Walls({ groups, zone }: { groups: GroupReleases[]; zone: string }) {
  const [only, second] = groups;
  if (!only) {
    return (
      <p class="lede">
        {words.noGroup} {words.noGroupTail}
      </p>
    );
  }
  if (!second) return <GroupWall of={only} zone={zone} Heading="h2" />;
  return (
    <>
      {groups.map((of) => (
        <GroupSection key={of.group.id} of={of} zone={zone} />
      ))}
    </>
  );
}

/** The coach's one page: every release of the term for every group of theirs, the same for each coach of the group. */
export function Releases({ me }: { me: Me }) {
  const polled = usePolled(coachReleases, me.demo ? DEMO_EVERY_MS : EVERY_MS);
  const arrived = useArrivals(polled.list);
  const groups = polled.list?.groups ?? [];
  const only = groups.length === 1 ? groups[0] : undefined;
  const reading = polled.list === null && !polled.trouble;
  return (
    <>
      <header>
        <div>
          <h1 tabIndex={-1}>{words.releases}</h1>
          <p class="lede">{only ? words.oneGroup(only.group.name) : words.samePage}</p>
        </div>
        {only && only.releases.length > 0 && <NextRelease at={only.next_release_at} zone={me.zone} />}
      </header>
      <div role="status" class="news">
        <TroubleLine polled={polled} zone={me.zone} />
        {arrived && <p class="notice">{words.arrived(span(arrived.open_day, arrived.end_day))}</p>}
        {reading && <p class="lede">{words.reading}</p>}
      </div>
      {polled.list && <Walls groups={groups} zone={me.zone} />}
    </>
  );
}

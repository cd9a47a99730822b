import { HourglassIcon, QueryIcon, TicksIcon } from '../../parts/icons';
import { SeenTags } from '../../parts/plaque';
import type { Delivery, Entry } from '../../store';
import { protocolOf } from '../../store';
import { audiencesOf, dateOf, ownWords, shortWeekday, summary } from './journal-days';
import { words } from './words/journal';

/** One entry in the list: the day, what was answered, own words, who can see it and where it is. */
export function EntryRow({ entry }: { entry: Entry }) {
  const protocol = protocolOf(entry.protocol);
  const own = ownWords(protocol, entry.answers);
  return (
    <a class="ent" href={`/entry/${entry.id}`}>
      <span class="d">
        <b>{shortWeekday(entry.day)}</b>
        {dateOf(entry.day)}
      </span>
      <span class="c">
        <span class="w">{protocol?.name ?? entry.protocol}</span>
        {protocol && <span class="x">{summary(protocol, entry.answers)}</span>}
        {own && <span class="q">{own}</span>}
        <span class="k">
          {protocol && <SeenTags audiences={audiencesOf(protocol, entry.answers)} />}
          <Place delivery={entry.delivery} />
        </span>
      </span>
    </a>
  );
}

/** On this phone, waiting or delivered: always with its word. */
export function Place({ delivery }: { delivery: Delivery }) {
  const Glyph = delivery === 'parked' ? QueryIcon : delivery === 'waiting' ? HourglassIcon : TicksIcon;
  return (
    <span class="place">
      <Glyph size="s" />
      {words.place[delivery]}
    </span>
  );
}

import { useState } from 'preact/hooks';
import { dayIn } from '../../clock';
import { BackIcon, OnwardIcon, SearchIcon } from '../../parts/icons';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { type Entry, entries, me, protocolOf } from '../../store';
import { EntryRow } from './entry-row';
import { dateOf, type Month, monthOf, moved, ownWords, sameMonth, summary, weeksOf } from './journal-days';
import { WherePill } from './where';
import { words } from './words/journal';

/** The resident's own entries: a month at a time, or whatever the search finds. Nothing is asked of the network. */
export function Journal() {
  useTitle(words.title);
  const today = dayIn(me.value?.zone ?? 'UTC');
  const newest = entries.value[0]?.day ?? today;
  const [at, setAt] = useState<Month>(monthOf(newest));
  const [week, setWeek] = useState<number | null>(null);
  const [search, setSearch] = useState('');
  const sought = search.trim().toLowerCase();
  return (
    <Stairwell
      name="journal"
      tab="journal"
      fixed={words.title}
      onRail={false}
      top={
        <>
          <h1 class="screen-title" tabIndex={-1}>
            {words.title}
          </h1>
          <WherePill />
        </>
      }
      dado={
        <div class="fieldwrap">
          <SearchIcon />
          <input
            class="field"
            type="search"
            placeholder={words.search}
            aria-label={words.searchLabel}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </div>
      }
    >
      {sought ? (
        <Found sought={sought} />
      ) : (
        <MonthOf
          at={at}
          week={week}
          today={today}
          onMonth={(month) => [setAt(month), setWeek(null)]}
          onWeek={setWeek}
        />
      )}
    </Stairwell>
  );
}

function Found({ sought }: { sought: string }) {
  const found = entries.value.filter((entry) => textOf(entry).includes(sought));
  return (
    <>
      <p class="small" role="status">
        {words.found(found.length)}
      </p>
      <List list={found} />
    </>
  );
}

function textOf(entry: Entry): string {
  const protocol = protocolOf(entry.protocol);
  if (!protocol) return '';
  return `${protocol.name} ${summary(protocol, entry.answers)} ${ownWords(protocol, entry.answers) ?? ''}`.toLowerCase();
}

interface MonthProps {
  at: Month;
  week: number | null;
  today: string;
  onMonth: (month: Month) => void;
  onWeek: (week: number | null) => void;
}

function MonthOf({ at, week, today, onMonth, onWeek }: MonthProps) {
  const list = entries.value.filter((entry) => sameMonth(entry, at));
  const weeks = weeksOf(at);
  const current = monthOf(today);
  const isNow = at.year === current.year && at.month === current.month;
  const chosen = week === null ? null : weeks[week];
  const shown = chosen ? list.filter((entry) => inWeek(entry, chosen)) : list;
  const name = `${words.months[at.month - 1]}${at.year === current.year ? '' : ` ${at.year}`}`;
  const oldest = entries.value.at(-1)?.day;
  return (
    <>
      <div class="row month">
        <h2 class="title">{name}</h2>
        <span class="end">
          {oldest && !sameMonth({ day: oldest } as Entry, at) && (
            <button type="button" aria-label={words.earlier} onClick={() => onMonth(moved(at, -1))}>
              <BackIcon size="s" />
            </button>
          )}
          {!isNow && (
            <button type="button" aria-label={words.later} onClick={() => onMonth(moved(at, 1))}>
              <OnwardIcon size="s" />
            </button>
          )}
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a box around the strip. */}
      <div class="strip" role="group" aria-label={words.byWeek(name)}>
        {weeks.map(({ from, to }, index) => {
          const here = list.filter((entry) => inWeek(entry, { from, to }));
          // Without a choice the strip is lit where today is.
          const lit = week === index || (week === null && isNow && dateOf(today) >= from && dateOf(today) <= to);
          return (
            <button
              key={from}
              type="button"
              class={lit ? 'wk lit-week' : 'wk'}
              aria-pressed={week === index}
              style={{ '--days': to - from + 1 }}
              onClick={() => onWeek(week === index ? null : index)}
            >
              <span class="line">
                {[...new Set(here.map((entry) => dateOf(entry.day)))].map((date) => (
                  <i key={date} style={{ '--at': `${((date - from + 0.5) / (to - from + 1)) * 100}%` }} />
                ))}
              </span>
              <span class="t">
                {from}–{to}
              </span>
              <span class="vh">{words.inDays(here.length)}</span>
            </button>
          );
        })}
      </div>
      {shown.length === 0 && <p class="empty">{nothing(list.length > 0)}</p>}
      <List list={shown} />
    </>
  );
}

const inWeek = (entry: Entry, { from, to }: { from: number; to: number }) =>
  dateOf(entry.day) >= from && dateOf(entry.day) <= to;

function nothing(inMonth: boolean): string {
  if (entries.value.length === 0) return words.empty;
  return inMonth ? words.emptyWeek : words.emptyMonth;
}

function List({ list }: { list: Entry[] }) {
  return (
    <ol class="ents">
      {list.map((entry) => (
        <li key={entry.id}>
          <EntryRow entry={entry} />
        </li>
      ))}
    </ol>
  );
}

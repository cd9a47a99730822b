import { useEffect, useState } from 'preact/hooks';
import { now } from '../../clock';
import type { Rhythm, Slot } from '../../contract';
import { nearDay, time } from '../../parts/dates';
import { Grip } from '../../parts/grip';
import { MoonIcon, OnwardIcon, PauseIcon } from '../../parts/icons';
import { useRoving } from '../../parts/roving';
import { Stairwell } from '../../parts/stairwell';
import { Switch } from '../../parts/switch';
import { useTitle } from '../../parts/title';
import { protocolOf } from '../../store';
import { longDate } from './journal-days';
import { QuietLine } from './rhythm-quiet';
import { Health, Kept, keep, StateLine } from './rhythm-said';
import { NightsSheet, PauseSheet, QuietSheet, SlotSheet } from './rhythm-sheets';
import { ShiftSheet } from './rhythm-shifts';
import { calendar, preview, readRhythm, rhythm } from './rhythm-state';
import {
  comingFriday,
  forPerWeek,
  nightsTill,
  onNights,
  perWeek,
  phoneZone,
  placeOf,
  slotsFor,
  today,
  WEEKLY_MOST,
} from './rhythm-times';
import { TopicsSheet } from './rhythm-topics';
import { WeeksSheet } from './rhythm-weeks';
import { words } from './words/rhythm';

type Open =
  | { what: 'slot'; index: number }
  | { what: 'quiet' | 'pause' | 'nights' | 'topics' | 'shifts' | 'weeks' }
  | null;

/** When prompts may come: how many, which times, quiet hours, nights, shifts, a pause, and what will come of it. */
export function RhythmPage() {
  useTitle(words.title);
  const [open, setOpen] = useState<Open>(null);
  useEffect(() => void readRhythm(), []);
  const held = rhythm.value;
  const close = () => setOpen(null);
  return (
    <Stairwell
      name="rhythm"
      tab="rhythm"
      fixed={words.title}
      onRail={false}
      top={
        <>
          <h1 class="screen-title" tabIndex={-1}>
            {words.title}
          </h1>
          <Health />
        </>
      }
      dado={
        held && (
          <div class="grips">
            <Kept />
            <Nights rhythm={held} />
            <Pause rhythm={held} onOpen={() => setOpen({ what: 'pause' })} />
          </div>
        )
      }
    >
      <StateLine />
      {held && <Times rhythm={held} onOpen={setOpen} />}
      {held && open?.what === 'slot' && <SlotSheet rhythm={held} index={open.index} keep={keep} onClose={close} />}
      {held && open?.what === 'quiet' && <QuietSheet rhythm={held} keep={keep} onClose={close} />}
      {held && open?.what === 'nights' && <NightsSheet rhythm={held} keep={keep} onClose={close} />}
      {held && open?.what === 'pause' && <PauseSheet rhythm={held} keep={keep} onClose={close} />}
      {held && open?.what === 'topics' && <TopicsSheet rhythm={held} keep={keep} onClose={close} />}
      {held && open?.what === 'shifts' && <ShiftSheet rhythm={held} keep={keep} onClose={close} />}
      {held && open?.what === 'weeks' && <WeeksSheet rhythm={held} onClose={close} />}
    </Stairwell>
  );
}

function Times({ rhythm: held, onOpen }: { rhythm: Rhythm; onOpen: (open: Open) => void }) {
  const add = () => keep({ slots: slotsFor(held.slots.length + 1, held.slots), weekly_cap: capFor(held) });
  return (
    <>
      <PerWeek rhythm={held} />
      <section>
        <AfterShift rhythm={held} onOpen={() => onOpen({ what: 'shifts' })} />
        {held.slots.map((slot, index) => (
          <Onward
            key={`${slot.weekday}${slot.time}`}
            title={slotName(slot)}
            sub={words.at(words.days[slot.weekday] ?? '', slot.time)}
            onOpen={() => onOpen({ what: 'slot', index })}
          />
        ))}
        {held.slots.length === 0 && <p class="small no-slots">{words.noSlots}</p>}
        {held.slots.length < WEEKLY_MOST && (
          <button type="button" class="row slot" onClick={() => void add()}>
            {words.addSlot}
          </button>
        )}
      </section>
      <QuietLine rhythm={held} onOpen={() => onOpen({ what: onNights(held) ? 'nights' : 'quiet' })} />
      <section>
        <Onward title={words.weeks.title} sub={comesNext(held)} onOpen={() => onOpen({ what: 'weeks' })} />
        <Onward title={words.calendar.title} sub={calendarFrom()} onOpen={() => onOpen({ what: 'shifts' })} />
        <Onward title={words.topics.title} sub={topicsChanged(held)} onOpen={() => onOpen({ what: 'topics' })} />
        <OtherClock zone={held.zone} />
      </section>
    </>
  );
}

const slotName = (slot: Slot) =>
  slot.protocol === null ? words.whatIsDue : (protocolOf(slot.protocol)?.name ?? slot.protocol);

/** One more time needs room in the week. */
const capFor = (held: Rhythm) => Math.max(held.weekly_cap, Math.min(WEEKLY_MOST, held.slots.length + 1));

function comesNext({ zone }: Rhythm): string {
  if (!preview.value) return words.weeks.unknown;
  const next = preview.value.days.find((day) => day.prompt && Date.parse(day.prompt.at) > now())?.prompt;
  return next ? words.weeks.next(nearDay(next.at, zone), time(next.at, zone)) : words.weeks.none;
}

function calendarFrom(): string {
  const source = calendar.value?.source;
  if (!source) return words.calendar.none;
  return source === 'file' ? words.calendar.file : words.calendar.feed(calendar.value?.host ?? '');
}

function topicsChanged({ protocols }: Rhythm): string {
  const count = Object.values(protocols).filter((level) => level !== 'usual').length;
  return count === 0 ? words.topics.usual : words.topics.changed(count);
}

const COUNTS = [0, 1, 2, 3, 4];

function PerWeek({ rhythm: held }: { rhythm: Rhythm }) {
  const chosen = perWeek(held);
  const { box, onKeyDown, tabIndex } = useRoving(COUNTS.length, chosen);
  return (
    <section>
      <h2 class="title" id="per-week">
        {words.perWeek}
      </h2>
      <div class="seg" role="radiogroup" aria-labelledby="per-week" ref={box} onKeyDown={onKeyDown}>
        {COUNTS.map((count) => (
          // biome-ignore lint/a11y/useSemanticElements: five squares in a row, each a button-shaped radio.
          <button
            key={count}
            type="button"
            role="radio"
            aria-checked={chosen === count}
            tabIndex={tabIndex(count)}
            data-choice
            onClick={() => void keep(forPerWeek(count, held))}
          >
            {count}
          </button>
        ))}
      </div>
      <p class="small">{held.hold_back ? `${words.never} ${words.skips}` : words.never}</p>
    </section>
  );
}

/** On a journey, or after a move: the times can follow the phone, when its owner says so. */
function OtherClock({ zone }: { zone: string }) {
  const here = phoneZone();
  if (here === zone) return null;
  return (
    <button type="button" class="row slot" onClick={() => void keep({ zone: here })}>
      <span class="t">
        {words.clock.use}
        <span class="small">{words.clock.say(placeOf(zone), placeOf(here))}</span>
      </span>
    </button>
  );
}

/** Without a calendar nobody knows when a shift ends, so the way there is shown instead. */
function AfterShift({ rhythm: held, onOpen }: { rhythm: Rhythm; onOpen: () => void }) {
  if (!calendar.value?.source && !held.after_shift)
    return <Onward title={words.afterShift.title} sub={words.afterShift.none} onOpen={onOpen} />;
  return (
    <Switch
      on={held.after_shift}
      sub={calendar.value?.source ? words.afterShift.on : words.afterShift.none}
      onFlip={() => void keep({ after_shift: !held.after_shift })}
    >
      {words.afterShift.title}
    </Switch>
  );
}

function Onward({ title, sub, onOpen }: { title: string; sub: string; onOpen: () => void }) {
  return (
    <button type="button" class="row slot" aria-haspopup="dialog" onClick={onOpen}>
      <span class="t">
        {title}
        <span class="small">{sub}</span>
      </span>
      <span class="end">
        <OnwardIcon size="s" />
      </span>
    </button>
  );
}

/** Two taps from Today: the tab, and this. */
function Nights({ rhythm: held }: { rhythm: Rhythm }) {
  const on = onNights(held);
  const till = on && held.nights_until ? held.nights_until : comingFriday(held.zone);
  return (
    <Switch
      grip
      on={on}
      icon={<MoonIcon />}
      sub={on ? words.nights.on : words.nights.off}
      onFlip={() => void keep({ nights_until: on ? null : till })}
    >
      {words.nights.title(nightsTill(till, held.zone))}
    </Switch>
  );
}

function Pause({ rhythm: { paused_until, zone }, onOpen }: { rhythm: Rhythm; onOpen: () => void }) {
  if (paused_until && paused_until > today(zone)) {
    const long = paused_until > '2090';
    return (
      <Grip
        main
        sub={long ? words.pausedLong : words.paused(longDate(paused_until))}
        onPress={() => void keep({ paused_until: null })}
      >
        {words.resume}
      </Grip>
    );
  }
  return (
    <Grip icon={<PauseIcon />} sub={words.pauseSub} onPress={onOpen} onward>
      {words.pause}
    </Grip>
  );
}

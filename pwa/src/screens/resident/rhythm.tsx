import { useEffect, useState } from 'preact/hooks';
import type { Rhythm, Slot } from '../../contract';
import { Grip } from '../../parts/grip';
import { BellIcon, BellOffIcon, MoonIcon, OnwardIcon, PauseIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { useRoving } from '../../parts/roving';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { pushState } from '../../push';
import { library, protocolOf } from '../../store';
import { longDate } from './journal-days';
import { PauseSheet, QuietSheet, SlotSheet } from './rhythm-sheets';
import { changeRhythm, fromNoon, readRhythm, rhythm, rhythmState, slotsFor } from './rhythm-state';
import { words } from './words/rhythm';

type Open = { what: 'slot'; index: number } | { what: 'quiet' } | { what: 'pause' } | null;

/** Keeps a change and says so; the state line tells when it could not be kept. */
async function keep(change: Partial<Rhythm>): Promise<void> {
  if (await changeRhythm(change)) say(words.kept);
}

/** When prompts may come: how many, which times, quiet hours, and a pause. */
export function RhythmPage() {
  useTitle(words.title);
  const [open, setOpen] = useState<Open>(null);
  useEffect(() => void readRhythm(), []);
  const now = rhythm.value;
  return (
    <Stairwell
      name="rhythm"
      tab="rhythm"
      onRail={false}
      top={
        <>
          <h1 class="screen-title" tabIndex={-1}>
            {words.title}
          </h1>
          <Health />
        </>
      }
      dado={now && <Pause rhythm={now} onOpen={() => setOpen({ what: 'pause' })} />}
    >
      <StateLine />
      {now && (
        <>
          <PerWeek slots={now.slots} />
          <section>
            {now.slots.length === 0 && <p class="small">{words.noSlots}</p>}
            {now.slots.map((slot, index) => (
              <SlotRow
                key={`${slot.weekday}${slot.time}`}
                slot={slot}
                onOpen={() => setOpen({ what: 'slot', index })}
              />
            ))}
          </section>
          <QuietHours rhythm={now} onOpen={() => setOpen({ what: 'quiet' })} />
        </>
      )}
      {now && open?.what === 'slot' && (
        <SlotSheet rhythm={now} index={open.index} keep={keep} onClose={() => setOpen(null)} />
      )}
      {now && open?.what === 'quiet' && <QuietSheet rhythm={now} keep={keep} onClose={() => setOpen(null)} />}
      {now && open?.what === 'pause' && <PauseSheet rhythm={now} keep={keep} onClose={() => setOpen(null)} />}
    </Stairwell>
  );
}

/** Whether prompts arrive on this phone; the way to turn them on or off. */
function Health() {
  const state = pushState.value;
  if (state === 'unknown') return null;
  const on = state === 'on';
  const text = on ? words.arrive.on : state === 'off' || state === 'ignored' ? words.arrive.ask : words.arrive.off;
  return (
    <a class="pill" href="/prompts">
      {on ? <BellIcon size="s" /> : <BellOffIcon size="s" />}
      {text}
    </a>
  );
}

function StateLine() {
  const state = rhythmState.value;
  if (state === 'ready') return null;
  return (
    <div class="state-line" role="status">
      <p class="lede">{words[state]}</p>
      {state !== 'loading' && (
        <button type="button" class="btn" onClick={() => void readRhythm()}>
          {words.retry}
        </button>
      )}
    </div>
  );
}

const COUNTS = [0, 1, 2, 3, 4];

function PerWeek({ slots }: { slots: Slot[] }) {
  const { box, onKeyDown, tabIndex } = useRoving(COUNTS.length, slots.length);
  const pushed = (library.value?.protocols ?? []).filter((one) => one.pushed).map((one) => one.id);
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
            aria-checked={slots.length === count}
            tabIndex={tabIndex(count)}
            data-choice
            onClick={() => void keep({ slots: slotsFor(count, slots, pushed) })}
          >
            {count}
          </button>
        ))}
      </div>
      <p class="small">{words.never}</p>
    </section>
  );
}

function SlotRow({ slot, onOpen }: { slot: Slot; onOpen: () => void }) {
  return (
    <button type="button" class="row slot" aria-haspopup="dialog" onClick={onOpen}>
      <span>
        {slot.protocol ? (protocolOf(slot.protocol)?.name ?? slot.protocol) : words.slot.any}
        <span class="small">{words.at(words.days[slot.weekday] ?? '', slot.time)}</span>
      </span>
      <span class="end">
        <OnwardIcon size="s" />
      </span>
    </button>
  );
}

function QuietHours({ rhythm: { quiet_from, quiet_to, slots }, onOpen }: { rhythm: Rhythm; onOpen: () => void }) {
  const at = fromNoon(quiet_from);
  const wide = (fromNoon(quiet_to) - at + 1) % 1;
  // A quiet span over noon would leave the line; it is drawn to its end, and the words say the rest.
  const drawn = Math.min(wide, 1 - at);
  const times = slots.map((slot) => words.at(words.days[slot.weekday] ?? '', slot.time)).join('; ');
  return (
    <section>
      <button type="button" class="row quiet-row" aria-haspopup="dialog" onClick={onOpen}>
        <h2 class="title">{words.quiet}</h2>
        <span class="end small">
          {words.span(quiet_from, quiet_to)}
          <OnwardIcon size="s" />
        </span>
      </button>
      <div class="day" role="img" aria-label={words.dayLabel(quiet_from, quiet_to, times)}>
        <div class="ln" />
        <div class="q" style={{ '--at': `${at * 100}%`, '--wide': `${drawn * 100}%` }}>
          <MoonIcon size="s" />
        </div>
        {slots.map((slot) => (
          <i key={`${slot.weekday}${slot.time}`} style={{ '--at': `${fromNoon(slot.time) * 100}%` }} />
        ))}
        <div class="tk">
          {words.ticks.map((tick, index) => (
            <span key={`${tick}${index}`} style={{ '--at': `${index * 25}%` }}>
              {tick}
            </span>
          ))}
        </div>
      </div>
    </section>
  );
}

function Pause({ rhythm: { paused_until }, onOpen }: { rhythm: Rhythm; onOpen: () => void }) {
  if (paused_until) {
    const long = paused_until > '2090';
    return (
      <div class="grips">
        <p class="label grips-label loud">{long ? words.pausedLong : words.paused(longDate(paused_until))}</p>
        <Grip main sub={words.resumeSub} onPress={() => void keep({ paused_until: null })}>
          {words.resume}
        </Grip>
      </div>
    );
  }
  return (
    <div class="grips">
      <Grip icon={<PauseIcon />} sub={words.pauseSub} onPress={onOpen} onward>
        {words.pause}
      </Grip>
    </div>
  );
}

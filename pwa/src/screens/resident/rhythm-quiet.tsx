import type { Rhythm } from '../../contract';
import { MoonIcon, OnwardIcon } from '../../parts/icons';
import { preview } from './rhythm-state';
import { along, fits, onNights } from './rhythm-times';
import { words } from './words/rhythm';

/** Quiet hours of somebody on nights, until the server has said its own. */
const BY_DAY = { from: '08:30', to: '17:00' };

/** The hours in which nothing comes: by night, or by day for somebody on nights. */
function quietNow(held: Rhythm): { from: string; to: string } {
  if (!onNights(held)) return { from: held.quiet_from, to: held.quiet_to };
  const told = preview.value;
  return told ? { from: told.nights_quiet_from, to: told.nights_quiet_to } : BY_DAY;
}

/** Quiet hours on one line; it begins at noon, or in the evening while they sleep by day. */
export function QuietLine({ rhythm: held, onOpen }: { rhythm: Rhythm; onOpen: () => void }) {
  const { from, to } = quietNow(held);
  const [start, ticks] = onNights(held) ? (['18:00', words.nightTicks] as const) : (['12:00', words.ticks] as const);
  const at = along(from, start);
  const wide = (along(to, start) - at + 1) % 1;
  // A quiet span over the line's end would leave it; it is drawn to the end, and the words say the rest.
  const drawn = Math.min(wide, 1 - at);
  const able = held.slots.filter((slot) => fits(slot.time, from, to));
  const times = able.map((slot) => words.at(words.days[slot.weekday] ?? '', slot.time)).join('; ');
  return (
    <section>
      <button type="button" class="row quiet-row" aria-haspopup="dialog" onClick={onOpen}>
        <h2 class="title">{words.quiet}</h2>
        <span class="end small">
          {words.span(from, to)}
          <OnwardIcon size="s" />
        </span>
      </button>
      <div class="day" role="img" aria-label={words.dayLabel(from, to, times)}>
        <div class="ln" />
        <div class="q" style={{ '--at': `${at * 100}%`, '--wide': `${drawn * 100}%` }}>
          <MoonIcon size="s" />
        </div>
        {able.map((slot) => (
          <i key={`${slot.weekday}${slot.time}`} style={{ '--at': `${along(slot.time, start) * 100}%` }} />
        ))}
        <div class="tk">
          {ticks.map((tick, index) => (
            <span key={`${tick}${index}`} style={{ '--at': `${index * 25}%` }}>
              {tick}
            </span>
          ))}
        </div>
      </div>
    </section>
  );
}

import { dayIn } from '../../clock';
import type { ComingDay, Rhythm, Shift } from '../../contract';
import { time } from '../../parts/dates';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { BellIcon } from '../../parts/icons';
import { Sheet } from '../../parts/sheet';
import { partWords } from '../../parts/words';
import { protocolOf } from '../../store';
import { longDate } from './journal-days';
import { calendar, preview, rhythmState } from './rhythm-state';
import { words } from './words/rhythm-more';

/** Two weeks, day by day, as the server says they will be: a prompt and why it comes, or why none does. */
export function WeeksSheet({ rhythm, onClose }: { rhythm: Rhythm; onClose: () => void }) {
  const days = preview.value?.days;
  const told = rhythmState.value === 'ready' ? words.weeks.say : words.weeks.offline;
  return (
    <Sheet
      title={words.weeks.title}
      onClose={onClose}
      dado={
        <>
          <Grip center onPress={onClose}>
            {partWords.close}
          </Grip>
          <Foot />
        </>
      }
    >
      <p class="lede">{days ? told : words.weeks.unknown}</p>
      <ol class="weeks">
        {days?.map((day) => (
          <Day key={day.date} day={day} zone={rhythm.zone} />
        ))}
      </ol>
    </Sheet>
  );
}

function Day({ day, zone }: { day: ComingDay; zone: string }) {
  const { prompt } = day;
  return (
    <li class={prompt ? 'coming' : undefined}>
      <h3 class="label">{longDate(day.date)}</h3>
      {shiftsOn(day.date, zone).map((shift) => (
        <p key={shift.start} class="small">
          {words.weeks.shift[shift.kind as Shift['kind'] & keyof typeof words.weeks.shift](
            time(shift.start, zone),
            time(shift.end, zone),
          )}
        </p>
      ))}
      {prompt ? (
        <p class="what">
          <BellIcon size="s" />
          <span>
            {time(prompt.at, zone)} · {protocolOf(prompt.protocol)?.name ?? prompt.protocol}
            <span class="small">{prompt.why}</span>
          </span>
        </p>
      ) : (
        <p class="small">{day.why}</p>
      )}
    </li>
  );
}

/** Work that begins on the day, and days off that it lies in. */
function shiftsOn(day: string, zone: string): Shift[] {
  return (calendar.value?.shifts ?? []).filter((shift) => {
    const begins = dayIn(zone, Date.parse(shift.start));
    // A day off ends at midnight, which is the next day's first moment.
    return shift.kind === 'off' ? begins <= day && day <= dayIn(zone, Date.parse(shift.end) - 1) : begins === day;
  });
}

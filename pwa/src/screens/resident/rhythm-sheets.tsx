import { useState } from 'preact/hooks';
import type { Rhythm, Slot } from '../../contract';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { Sheet } from '../../parts/sheet';
import { partWords } from '../../parts/words';
import { library } from '../../store';
import { comingFriday, dayAfter, fits, nightsTill, onNights, today } from './rhythm-times';
import { words } from './words/rhythm';

export interface SheetProps {
  rhythm: Rhythm;
  keep: (change: Partial<Rhythm>) => Promise<void>;
  onClose: () => void;
}

/** One time of the week: day, hour, which check-in, or out. */
export function SlotSheet({ rhythm, index, keep, onClose }: SheetProps & { index: number }) {
  const [slot, setSlot] = useState<Slot | undefined>(rhythm.slots[index]);
  if (!slot) return null;
  const others = rhythm.slots.filter((_, at) => at !== index);
  const doubled = others.some((other) => other.weekday === slot.weekday);
  const quiet = !fits(slot.time, rhythm.quiet_from, rhythm.quiet_to);
  const save = (slots: Slot[]) => {
    onClose();
    void keep({ slots });
  };
  return (
    <Sheet
      title={words.slot.title}
      onClose={onClose}
      dado={
        <>
          <div class="grips">
            {doubled || quiet ? (
              <Grip busy center sub={doubled ? words.slot.sameDay : words.slot.inQuiet}>
                {words.slot.keep}
              </Grip>
            ) : (
              <Grip main onPress={() => save(rhythm.slots.map((one, at) => (at === index ? slot : one)))}>
                {words.slot.keep}
              </Grip>
            )}
            <div class="pair">
              <Grip onPress={() => save(others)}>{words.slot.remove}</Grip>
              <Grip onPress={onClose}>{partWords.close}</Grip>
            </div>
          </div>
          <Foot />
        </>
      }
    >
      <div class="form">
        <label>
          {words.slot.day}
          <select
            class="box"
            value={slot.weekday}
            onChange={(event) => setSlot({ ...slot, weekday: Number(event.currentTarget.value) })}
          >
            {words.days.map((day, weekday) => (
              <option key={day} value={weekday}>
                {day}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.slot.time}
          <input
            class="box"
            type="time"
            value={slot.time}
            onChange={(event) => event.currentTarget.value && setSlot({ ...slot, time: event.currentTarget.value })}
          />
        </label>
        <label>
          {words.slot.what}
          <select
            class="box"
            value={slot.protocol ?? ''}
            onChange={(event) => setSlot({ ...slot, protocol: event.currentTarget.value || null })}
          >
            <option value="">{words.whatIsDue}</option>
            {(library.value?.protocols ?? [])
              .filter((one) => one.pushed)
              .map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
          </select>
        </label>
      </div>
    </Sheet>
  );
}

export function QuietSheet({ rhythm, keep, onClose }: SheetProps) {
  const [hours, setHours] = useState({ quiet_from: rhythm.quiet_from, quiet_to: rhythm.quiet_to });
  const caught = rhythm.slots.find((slot) => !fits(slot.time, hours.quiet_from, hours.quiet_to));
  return (
    <Sheet
      title={words.quietSheet.title}
      onClose={onClose}
      dado={
        <>
          <div class="grips">
            {caught ? (
              <Grip busy center sub={words.quietSheet.caught(words.at(words.days[caught.weekday] ?? '', caught.time))}>
                {words.quietSheet.keep}
              </Grip>
            ) : (
              <Grip
                main
                onPress={() => {
                  onClose();
                  void keep(hours);
                }}
              >
                {words.quietSheet.keep}
              </Grip>
            )}
            <Grip center onPress={onClose}>
              {partWords.close}
            </Grip>
          </div>
          <Foot />
        </>
      }
    >
      <div class="form">
        <p class="lede">{words.quietSheet.say}</p>
        <div class="two">
          {(['quiet_from', 'quiet_to'] as const).map((end) => (
            <label key={end}>
              {end === 'quiet_from' ? words.quietSheet.from : words.quietSheet.to}
              <input
                class="box"
                type="time"
                value={hours[end]}
                onChange={(event) =>
                  event.currentTarget.value && setHours({ ...hours, [end]: event.currentTarget.value })
                }
              />
            </label>
          ))}
        </div>
      </div>
    </Sheet>
  );
}

/** A pause without an end is one that ends after everybody's training. */
const TILL_I_SAY = '2099-12-31';

export function PauseSheet({ rhythm, keep, onClose }: SheetProps) {
  const until = (days: number) => dayAfter(today(rhythm.zone), days);
  const pause = (paused_until: string) => {
    onClose();
    void keep({ paused_until });
  };
  return (
    <Sheet
      title={words.pauseSheet.title}
      onClose={onClose}
      dado={
        <>
          <div class="grips">
            <Grip onPress={() => pause(until(7))}>{words.pauseSheet.week}</Grip>
            <Grip onPress={() => pause(until(30))}>{words.pauseSheet.month}</Grip>
            <Grip onPress={() => pause(TILL_I_SAY)}>{words.pauseSheet.open}</Grip>
            <Grip center onPress={onClose}>
              {partWords.close}
            </Grip>
          </div>
          <Foot />
        </>
      }
    >
      <p class="lede">{words.pauseSheet.say}</p>
    </Sheet>
  );
}

/** Nights that end on another day than Friday: any of the next two weeks. */
export function NightsSheet({ rhythm, keep, onClose }: SheetProps) {
  const from = today(rhythm.zone);
  const [till, setTill] = useState(rhythm.nights_until ?? comingFriday(rhythm.zone));
  const days = Array.from({ length: 14 }, (_, count) => dayAfter(from, count + 1));
  const put = (nights_until: string | null) => {
    onClose();
    void keep({ nights_until });
  };
  return (
    <Sheet
      title={words.nights.sheet}
      onClose={onClose}
      dado={
        <>
          <div class="grips">
            <Grip main onPress={() => put(till)}>
              {words.nights.keep}
            </Grip>
            <div class="pair">
              {onNights(rhythm) && <Grip onPress={() => put(null)}>{words.nights.end}</Grip>}
              <Grip onPress={onClose}>{partWords.close}</Grip>
            </div>
          </div>
          <Foot />
        </>
      }
    >
      <p class="lede">{words.nights.say}</p>
      <div class="form">
        <label>
          {words.slot.day}
          <select class="box" value={till} onChange={(event) => setTill(event.currentTarget.value)}>
            {[...new Set([till, ...days])].sort().map((day) => (
              <option key={day} value={day}>
                {nightsTill(day, rhythm.zone)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </Sheet>
  );
}

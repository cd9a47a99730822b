import { useRef, useState } from 'preact/hooks';
import { Offline, Refusal } from '../../api';
import type { Rhythm, Shift, ShiftCalendar } from '../../contract';
import { longDay, time } from '../../parts/dates';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { say } from '../../parts/live';
import { Sheet } from '../../parts/sheet';
import { Switch } from '../../parts/switch';
import { partWords } from '../../parts/words';
import { longDate } from './journal-days';
import { onlyHours } from './only-hours';
import type { SheetProps } from './rhythm-sheets';
import { calendar, dropCalendar, putCalendar } from './rhythm-state';
import { words } from './words/rhythm-more';

const said = words.calendar;

/** Why a calendar was not read, in plain words. */
function reasonOf(error: unknown): string {
  if (error instanceof Offline) return said.offline;
  if (!(error instanceof Refusal)) return said.failed;
  if (error.code === 'too_many') return said.wait;
  if (error.status === 413) return said.refused(said.problems.too_big ?? '');
  const why = said.problems[String(error.members.reason)];
  return why ? said.refused(why) : said.failed;
}

/** The resident's own shift calendar: put in, seen, taken out; and what happens around a shift. */
export function ShiftSheet({ rhythm, keep, onClose }: SheetProps) {
  const [url, setUrl] = useState('');
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState('');
  const [sure, setSure] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const held = calendar.value;

  async function run(work: () => Promise<void>, done: string): Promise<void> {
    setBusy(true);
    setTold(said.reading);
    try {
      await work();
      setUrl('');
      setTold(done);
      say(done);
    } catch (error) {
      setTold(reasonOf(error));
    }
    setSure(false);
    setBusy(false);
  }
  const readFile = async (file: File | undefined) => {
    if (file) await run(async () => putCalendar({ ics: onlyHours(await file.text()) || ' ' }), said.kept);
    if (picker.current) picker.current.value = '';
  };
  const readFeed = () => run(() => putCalendar({ url: url.trim() }), said.kept);
  const remove = () => (sure ? run(dropCalendar, said.removed) : setSure(true));

  return (
    <Sheet
      title={said.title}
      onClose={onClose}
      dado={
        <>
          <p class="small after-note" role="status">
            {sure ? said.removeSay : told}
          </p>
          <div class="grips">
            {url.trim() ? (
              <Grip main busy={busy} onPress={() => void readFeed()}>
                {said.read}
              </Grip>
            ) : (
              <Grip busy={busy} sub={said.fileSub} onPress={() => picker.current?.click()}>
                {held?.source ? said.otherFile : said.file}
              </Grip>
            )}
            <div class="pair">
              {held?.source && <Grip onPress={() => void remove()}>{sure ? said.removeSure : said.remove}</Grip>}
              <Grip onPress={onClose}>{partWords.close}</Grip>
            </div>
          </div>
          <Foot />
        </>
      }
    >
      {held?.source ? <WhatWasRead held={held} zone={rhythm.zone} /> : <p class="lede">{said.say}</p>}
      <input
        ref={picker}
        type="file"
        accept=".ics,text/calendar"
        hidden
        aria-label={said.file}
        onChange={(event) => void readFile(event.currentTarget.files?.[0])}
      />
      <div class="form">
        <label>
          {said.feed}
          <input
            class="box"
            type="url"
            inputMode="url"
            autocomplete="off"
            value={url}
            placeholder="https://"
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
          <span class="small">{said.feedSay}</span>
        </label>
      </div>
      {held?.source && <Around rhythm={rhythm} keep={keep} />}
    </Sheet>
  );
}

const SHOWN = 6;

function WhatWasRead({ held, zone }: { held: ShiftCalendar; zone: string }) {
  const source = held.source === 'file' ? said.from.file : said.from.feed(held.host ?? '');
  const why = held.problem && (said.problems[held.problem] ?? '');
  return (
    <section>
      <p class="lede">
        {held.read_on ? said.on(source, longDate(held.read_on)) : source}
        {held.source === 'file' && held.through ? ` ${said.through(longDate(held.through))}` : ''}
      </p>
      {why && <p class="lede held">{said.broken(why)}</p>}
      <ul class="wait shift-list" aria-label={said.next}>
        {held.shifts.slice(0, SHOWN).map((shift) => (
          <li key={`${shift.start}${shift.kind}`}>
            {longDay(shift.start, zone)}
            <span>{hoursOf(shift, zone)}</span>
          </li>
        ))}
      </ul>
      {held.shifts.length === 0 && <p class="small">{said.none}</p>}
      {held.shifts.length > SHOWN && <p class="small">{said.more(held.shifts.length - SHOWN)}</p>}
      {held.left_out > 0 && <p class="small">{said.leftOut(held.left_out)}</p>}
    </section>
  );
}

function hoursOf(shift: Shift, zone: string): string {
  const kind = said.kinds[shift.kind as keyof typeof said.kinds];
  return shift.kind === 'off' ? kind : `${kind}, ${time(shift.start, zone)} to ${time(shift.end, zone)}`;
}

const POST_CALL_H = [0, 4, 8, 12, 24];

function Around({ rhythm, keep }: { rhythm: Rhythm; keep: SheetProps['keep'] }) {
  const { after_shift, during_shift, post_call_h } = rhythm;
  const hours = [...new Set([...POST_CALL_H, post_call_h])].sort((a, b) => a - b);
  return (
    <section class="around">
      <h3 class="title">{said.settings}</h3>
      <Switch on={after_shift} sub={said.afterSub} onFlip={() => void keep({ after_shift: !after_shift })}>
        {said.after}
      </Switch>
      <Switch on={during_shift} sub={said.duringSub} onFlip={() => void keep({ during_shift: !during_shift })}>
        {said.during}
      </Switch>
      <div class="form">
        <label>
          {said.postCall}
          <select
            class="box"
            value={post_call_h}
            onChange={(event) => void keep({ post_call_h: Number(event.currentTarget.value) })}
          >
            {hours.map((count) => (
              <option key={count} value={count}>
                {said.hours(count)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </section>
  );
}

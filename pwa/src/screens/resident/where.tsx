import { useState } from 'preact/hooks';
import { nearDay } from '../../parts/dates';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { HourglassIcon, PhoneIcon, TicksIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { StatePill } from '../../parts/pill';
import { apple } from '../../parts/platform';
import { go } from '../../parts/route';
import { Sheet } from '../../parts/sheet';
import { keys, session, syncNow } from '../../session';
import { type Entry, entries, me, needLook, neverArrived, online, protocolOf, unopened, waiting } from '../../store';
import { words } from './words/where';

/** The pill in the top line and the sheet behind it. `saved` is the moment after a save. */
export function WherePill({ saved = false }: { saved?: boolean }) {
  const [open, setOpen] = useState(false);
  const look = needLook.value + unopened.value;
  return (
    <>
      <StatePill
        where={{ waiting: saved ? Math.max(1, waiting.value) : waiting.value, look, saved }}
        onPress={() => setOpen(true)}
      />
      {open && <WhereSheet onClose={() => setOpen(false)} />}
    </>
  );
}

function WhereSheet({ onClose }: { onClose: () => void }) {
  return (
    <Sheet
      title={words.title}
      onClose={onClose}
      dado={
        <>
          <div class="grips">
            <TryNow />
            <div class="pair">
              <Grip onPress={() => go('/phone')}>{words.more}</Grip>
              <Grip onPress={onClose}>{words.close}</Grip>
            </div>
          </div>
          <Foot />
        </>
      }
    >
      <Stops />
    </Sheet>
  );
}

/** One exchange now; says in words what came of it. */
export function TryNow() {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    setBusy(true);
    await syncNow();
    setBusy(false);
    say(waiting.value === 0 ? words.tried.sent : words.tried.waits);
  };
  return (
    <Grip main onPress={() => !busy && void press()}>
      {busy ? words.trying : words.tryNow}
    </Grip>
  );
}

const zone = () => me.value?.zone ?? 'UTC';

/** A short code of the op that arrived, for a person who wants to ask about it. */
export const receiptOf = (entry: Entry) =>
  entry.opId
    .replace(/-/g, '')
    .slice(-6)
    .toUpperCase()
    .replace(/^(.{4})/, '$1-');

/** Saved, waiting, delivered: three stops, lit as far as things have come. */
export function Stops({ Heading = 'h3' }: { Heading?: 'h2' | 'h3' }) {
  const mine = entries.value;
  const unsent = mine.filter((entry) => entry.delivery === 'waiting');
  const arrived = mine.filter((entry) => entry.delivery === 'delivered');
  const last = arrived[0];
  const withdrawals = Math.max(0, waiting.value - unsent.length);
  return (
    <>
      <ol class="stops">
        <li class="done">
          <span class="b">
            <PhoneIcon />
          </span>
          <div>
            <Heading class="title">{words.saved}</Heading>
            <p class="small">{words.entries(mine.length)}</p>
          </div>
        </li>
        <li class={waiting.value ? 'now' : 'done'}>
          <span class="b">
            <HourglassIcon />
          </span>
          <div>
            <Heading class="title">{words.waiting}</Heading>
            <p class="small">{waiting.value ? why() : words.noneWaiting}</p>
            {waiting.value > 0 && (
              <ul class="wait">
                {unsent.map((entry) => (
                  <li key={entry.id}>
                    {protocolOf(entry.protocol)?.name ?? entry.protocol}
                    <span>{nearDay(entry.occurredAt, zone())}</span>
                  </li>
                ))}
                {withdrawals > 0 && <li>{words.takenBack}</li>}
              </ul>
            )}
          </div>
        </li>
        <li class={waiting.value === 0 && last ? 'done' : ''}>
          <span class="b">
            <TicksIcon />
          </span>
          <div>
            <Heading class="title">{words.delivered}</Heading>
            <p class="small">
              {last
                ? `${words.receipts(arrived.length)} ${words.last(nearDay(last.occurredAt, zone()))} `
                : words.noneDelivered}
              {last && <span class="receipt">{receiptOf(last)}</span>}
              {last && '.'}
            </p>
          </div>
        </li>
      </ol>
      {needLook.value > 0 && <p class="warn">{words.look(needLook.value)}</p>}
      {unopened.value > 0 && <p class="warn">{words.unopened(unopened.value)}</p>}
      {neverArrived.value > 0 && <p class="warn">{words.holes(neverArrived.value)}</p>}
      <p class="small">{words.group}</p>
    </>
  );
}

function why(): string {
  if (session.value === 'needs-sign-in') return words.signedOut;
  if (keys.value === 'locked') return words.needKey;
  return `${online.value ? words.soon : words.noSignal} ${apple() ? words.closed : ''}`.trim();
}

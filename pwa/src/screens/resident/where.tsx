import { useState } from 'preact/hooks';
import { nearDay } from '../../parts/dates';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { HourglassIcon, OnwardIcon, PhoneIcon, QueryIcon, TicksIcon } from '../../parts/icons';
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
  const [told, setTold] = useState<string | null>(null);
  const rescue = async () => {
    const line = await import('./rescue-part').then((part) => part.keepRescueFile()).catch(() => words.noRescue);
    setTold(line);
    say(line);
  };
  const unsent = waiting.value + needLook.value > 0;
  return (
    <Sheet
      title={words.title}
      onClose={onClose}
      dado={
        <>
          <div class="grips">
            <TryNow />
            <div class="pair">
              {unsent ? (
                <Grip onPress={() => void rescue()}>{words.rescue}</Grip>
              ) : (
                <Grip onPress={() => go('/phone')}>{words.more}</Grip>
              )}
              <Grip onPress={onClose}>{words.close}</Grip>
            </div>
          </div>
          {told && <p class="small after-note">{told}</p>}
          <Foot />
        </>
      }
    >
      <Stops />
      {unsent && (
        <a class="row more" href="/phone">
          <PhoneIcon size="s" />
          <span>{words.more}</span>
          <span class="end">
            <OnwardIcon size="s" />
          </span>
        </a>
      )}
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

/** How many of a long queue are named; the rest is a number. */
const LISTED_MAX = 8;

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
  const aside = mine.filter((entry) => entry.delivery === 'parked');
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
                {unsent.slice(0, LISTED_MAX).map((entry) => (
                  <li key={entry.id}>
                    {protocolOf(entry.protocol)?.name ?? entry.protocol}
                    <span>{nearDay(entry.occurredAt, zone())}</span>
                  </li>
                ))}
                {unsent.length > LISTED_MAX && <li>{words.andMore(unsent.length - LISTED_MAX)}</li>}
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
      {aside.slice(0, LISTED_MAX).map((entry) => (
        <a class="row more" key={entry.id} href={`/entry/${entry.id}`}>
          <QueryIcon size="s" />
          <span>
            {protocolOf(entry.protocol)?.name ?? entry.protocol}, {nearDay(entry.occurredAt, zone())}
          </span>
          <span class="end">
            <OnwardIcon size="s" />
          </span>
        </a>
      ))}
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

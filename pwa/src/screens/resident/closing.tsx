import { useEffect, useState } from 'preact/hooks';
import type { Answers, Id, Protocol } from '../../contract';
import { holds, itemsOnTheWay } from '../../journal/flow';
import { ByLine } from '../../parts/by-line';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { LockIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { RailReturns } from '../../parts/rail';
import { go } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { type Entry, entryOf, pastOf, protocolOf } from '../../store';
import { justKept, undoing } from './just-kept';
import { OwnPattern } from './own-pattern';
import { PlainPage } from './plain-page';
import { WherePill } from './where';
import { closing as words } from './words/check-in';

/** How long "Saved on this phone" stands before the pill counts what waits, in milliseconds. */
const SAVED_MS = 2500;

/** The entry as the close needs it: from the save itself, and from the journal once that is read. */
function entryNow(id: Id): Entry | null {
  const kept = justKept.value;
  const read = entryOf(id);
  if (read && read.opId === (kept?.id === id ? kept.opId : read.opId)) return read;
  if (kept?.id !== id) return read;
  return { ...kept.checkin, id, opId: kept.opId, occurredAt: kept.occurredAt, delivery: 'waiting', reason: null };
}

/** One closing line, where the answer is, the own pattern so far, and nothing more to do. */
export function Closing({ id }: { id: Id }) {
  const entry = entryNow(id);
  const protocol = entry && protocolOf(entry.protocol);
  if (!entry || !protocol) return <PlainPage title={words.gone.title} say={words.gone.say} />;
  return <Close entry={entry} protocol={protocol} />;
}

function Close({ entry, protocol }: { entry: Entry; protocol: Protocol }) {
  const [fresh, setFresh] = useState(true);
  useTitle(protocol.name);
  useEffect(() => {
    document.getElementById('leave')?.focus({ preventScroll: true });
    say(`${protocol.close} ${words.saved}`);
    const timer = setTimeout(() => setFresh(false), SAVED_MS);
    return () => clearTimeout(timer);
  }, [protocol.id]);
  useEffect(() => {
    if (!fresh && entry.delivery === 'delivered') say(words.delivered);
  }, [entry.delivery, fresh]);
  const item = protocol.own?.item ?? '';
  return (
    <Stairwell
      name="closing"
      onRail={false}
      top={
        <>
          <span>{protocol.name}</span>
          <WherePill saved={fresh && entry.delivery === 'waiting'} />
        </>
      }
      rail={<RailReturns />}
      dado={
        <>
          <div class="grips">
            <Grip main id="leave" onPress={() => go('/', { replace: true })}>
              {words.leave}
            </Grip>
            {heavy(protocol, entry.answers) && (
              <Grip center href="/help">
                {words.options}
              </Grip>
            )}
          </div>
          <Foot undo={() => undo(entry, protocol)} />
        </>
      }
    >
      <h1 class="close">
        <ByLine text={protocol.close} />
      </h1>
      <div class="rest">
        <OwnPattern
          protocol={protocol}
          current={{ id: entry.id, occurredAt: entry.occurredAt, answer: entry.answers[item] }}
        />
        <p class="kept">
          <span class="tag keep">
            <LockIcon size="s" />
            {words.stays}
          </span>
        </p>
      </div>
    </Stairwell>
  );
}

const heavy = (protocol: Protocol, answers: Answers) =>
  protocol.heavy !== null && holds(protocol.heavy, answers, pastOf(protocol.id).slice(1));

function undo(entry: Entry, protocol: Protocol): void {
  const way = itemsOnTheWay(protocol, entry.answers, pastOf(protocol.id).slice(1));
  const answered = way.filter((item) => entry.answers[item.id] !== undefined);
  undoing.value = { entry, at: answered.at(-1)?.id ?? null };
  go(`/check-in/${protocol.id}`, { replace: true });
}

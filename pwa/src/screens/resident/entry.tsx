import { useState } from 'preact/hooks';
import type { Id, Protocol } from '../../contract';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { Lazy } from '../../parts/lazy';
import { say } from '../../parts/live';
import { Paper, PaperLine } from '../../parts/paper';
import { SeenTags } from '../../parts/plaque';
import { back, go } from '../../parts/route';
import { Sheet } from '../../parts/sheet';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { type Entry, entryOf, protocolOf, withdrawEntry } from '../../store';
import { Place } from './entry-row';
import { audiencesOf, inAnswerWords, longDate, shownItems } from './journal-days';
import { PlainPage } from './plain-page';
import { receiptOf } from './where';
import { words } from './words/journal';

/** One entry on paper, who can see its parts, where it is, and the way to take it back. */
export function EntryPage({ id }: { id: Id }) {
  const entry = entryOf(id);
  const protocol = entry && protocolOf(entry.protocol);
  useTitle(protocol?.name ?? words.entry);
  if (!entry || !protocol) {
    return (
      <PlainPage title={words.gone.title} say={words.gone.say}>
        <Grip main href="/journal">
          {words.gone.journal}
        </Grip>
      </PlainPage>
    );
  }
  return <OneEntry entry={entry} protocol={protocol} />;
}

const setAside = () => import('./set-aside').then((part) => part.SetAside);

function OneEntry({ entry, protocol }: { entry: Entry; protocol: Protocol }) {
  const [asking, setAsking] = useState(false);
  const takeBack = (
    <div class="grips">
      <Grip sub={words.takeBackSub} onPress={() => setAsking(true)} onward>
        {words.takeBack}
      </Grip>
    </div>
  );
  return (
    <Stairwell
      name="entry"
      fixed={protocol.name}
      onRail={false}
      top={
        <>
          <span>{words.entry}</span>
          <Place delivery={entry.delivery} />
        </>
      }
      dado={
        <>
          {entry.delivery === 'parked' ? (
            <Lazy load={setAside} with={{ entry, protocol }} waits={takeBack} failed={takeBack} />
          ) : (
            takeBack
          )}
          <Foot back={() => back('/journal')} />
        </>
      }
    >
      <h1 class="stem" tabIndex={-1}>
        {protocol.name}
      </h1>
      <Paper title={longDate(entry.day)} sub={protocol.theme}>
        <dl>
          {shownItems(protocol, entry.answers).map((item) => (
            <PaperLine
              key={item.id}
              ask={item.text}
              answer={inAnswerWords(item, entry.answers) ?? words.skipped}
              own={item.type === 'text'}
            />
          ))}
        </dl>
      </Paper>
      <div class="entry-where small">
        <p class="entry-seen">
          <SeenTags audiences={audiencesOf(protocol, entry.answers)} />
        </p>
        {entry.delivery === 'parked' && <p class="warn">{words.parked(entry.reason ?? '')}</p>}
        {entry.delivery === 'waiting' && <p>{words.onItsWay}</p>}
        {entry.delivery === 'delivered' && <p class="receipt">{words.receipt(receiptOf(entry))}</p>}
      </div>
      {asking && <TakeBack entry={entry} onClose={() => setAsking(false)} />}
    </Stairwell>
  );
}

function TakeBack({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const [failed, setFailed] = useState(false);
  const take = async () => {
    try {
      await withdrawEntry(entry.id);
    } catch {
      setFailed(true);
      return say(words.notTakenBack);
    }
    go('/journal', { replace: true });
    say(words.takenBack);
  };
  return (
    <Sheet
      title={words.sure.title}
      onClose={onClose}
      dado={
        <>
          <div class="grips">
            <Grip main onPress={onClose}>
              {words.sure.no}
            </Grip>
            <Grip center onPress={() => void take()}>
              {words.sure.yes}
            </Grip>
          </div>
          <Foot />
        </>
      }
    >
      {failed && <p class="warn">{words.notTakenBack}</p>}
      <p class="sheet-line">{words.sure.say}</p>
      <p class="sheet-line">{words.sure.group}</p>
    </Sheet>
  );
}

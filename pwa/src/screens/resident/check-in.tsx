import { useEffect, useRef, useState } from 'preact/hooks';
import type { Id, Item, Protocol } from '../../contract';
import { progress } from '../../journal/flow';
import { ByLine } from '../../parts/by-line';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { Lines } from '../../parts/lines';
import { say } from '../../parts/live';
import { Plaque } from '../../parts/plaque';
import { Rail } from '../../parts/rail';
import { go } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { counted, partWords } from '../../parts/words';
import { type Draft, draftKey, draftOf, type Kept, pastOf } from '../../store';
import { type Failure, type Flow, type FlowStart, useFlow } from './flow-state';
import { asText } from './journal-days';
import { justKept, undoing } from './just-kept';
import { leastTaps } from './path';
import { HINT, LABEL, PLAQUE, Question, takesSome } from './question';
import { words } from './words/check-in';

/** One check-in, picked up where it was left. */
export function CheckIn({ protocol, promptId }: { protocol: Protocol; promptId: Id | null }) {
  const [start, setStart] = useState<FlowStart | null>(null);
  useTitle(protocol.name);
  useEffect(() => {
    const again = undoing.peek();
    undoing.value = null;
    const past = pastOf(protocol.id);
    if (again?.entry.protocol === protocol.id) {
      const { id, opId, answers } = again.entry;
      const others = past.filter((answered) => answered !== answers);
      const draft: Draft = {
        protocol: protocol.id,
        version: protocol.version,
        prompt_id: null,
        answers,
        skipped: [],
        at: again.at,
      };
      setStart({ protocol, promptId: null, past: others, draft, revises: { entity: id, op: opId } });
      return;
    }
    let gone = false;
    draftOf(draftKey(protocol.id, promptId))
      .catch(() => null)
      .then((draft) => {
        if (!gone) setStart({ protocol, promptId, past, draft: fitting(draft, protocol), revises: null });
      });
    return () => {
      gone = true;
    };
  }, [protocol.id, promptId]);
  if (!start) return <Stairwell top={<span>{protocol.name}</span>}>{null}</Stairwell>;
  return <Running key={promptId ?? protocol.id} start={start} />;
}

/** A draft of an earlier wording is not carried into the new one: its answers may mean something else. */
const fitting = (draft: Draft | null, protocol: Protocol) => (draft?.version === protocol.version ? draft : null);

function done(kept: Kept | null): void {
  if (!kept) {
    say(words.nothingKept);
    go('/', { replace: true });
    return;
  }
  justKept.value = kept;
  go(`/done/${kept.id}`, { replace: true });
}

function Running({ start }: { start: FlowStart }) {
  const flow = useFlow(start, done, () => go('/', { replace: true }));
  const heading = useRef<HTMLHeadingElement>(null);
  const at = flow?.item.id;
  useEffect(() => heading.current?.focus(), [at]);
  if (!flow) return null;
  const { protocol, past } = start;
  const { item, answers } = flow;
  const { n, of: sure, extra } = progress(protocol, answers, past, item.id);
  const of = Math.max(sure, leastTaps(protocol, answers, past));
  const [stem, lede] = spoken(item);
  return (
    <Stairwell
      name="asking"
      top={
        <>
          <span>{protocol.name}</span>
          <span>{extra ? words.extra : words.progress(n, of)}</span>
        </>
      }
      rail={extra ? <Rail step={of} steps={of + 1} extra /> : <Rail step={n - 1} steps={of} />}
      dado={flow.failed ? <Failed flow={flow} why={flow.failed} protocol={protocol} /> : <Question flow={flow} />}
    >
      <h1 class={item.type === 'text' ? 'stem smaller' : 'stem'} id={LABEL} tabIndex={-1} ref={heading} key={item.id}>
        {item.type === 'text' ? <ByLine text={stem} /> : stem}
      </h1>
      {lede && (
        <p class="lede" id={HINT}>
          {lede}
        </p>
      )}
      {takesSome(item) && <PickHint item={item} flow={flow} />}
      {item.type === 'text' && (
        <Lines
          value={typeof answers[item.id] === 'string' ? (answers[item.id] as string) : ''}
          onInput={(text) => flow.answer(text, 'stay')}
          labelledBy={LABEL}
          describedBy={`${lede ? `${HINT} ` : ''}${PLAQUE}`}
        />
      )}
      <Plaque audience={item.audience} k={protocol.k} id={PLAQUE} />
    </Stairwell>
  );
}

/** "Two lines. Only you can see this. No patient details.": the last sentence of a text item is its small print. */
function spoken(item: Item): [string, string | null] {
  if (item.note) return [item.text, item.note];
  const sentences = item.text.match(/[^.]+\./g);
  if (item.type !== 'text' || !sentences || sentences.length < 2) return [item.text, null];
  return [sentences.slice(0, -1).join('').trim(), sentences.at(-1)?.trim() ?? null];
}

function PickHint({ item, flow }: { item: Item; flow: Flow }) {
  const most = item.max ?? 1;
  const chosen = flow.answers[item.id];
  const full = Array.isArray(chosen) && chosen.length >= most;
  return (
    <p class="lede" id={HINT}>
      {partWords.chips.upTo(counted(most).toLowerCase())} {full && partWords.chips.full(counted(most))}
    </p>
  );
}

/** Nothing is lost while the page is open; from here a person can try again or take the words elsewhere. */
function Failed({ flow, why, protocol }: { flow: Flow; why: Failure; protocol: Protocol }) {
  const [told, setTold] = useState<string | null>(null);
  const does = (work: () => Promise<string>) => async () => {
    const line = await work().catch(() => words.failed.noWay);
    setTold(line);
    say(line);
  };
  const rescue = does(async () => (await import('./rescue-part')).keepRescueFile([await flow.unsaved()]));
  const copy = does(async () => {
    await navigator.clipboard.writeText(asText(protocol, flow.answers));
    return words.failed.copied;
  });
  return (
    <>
      <div class="grips" role="alert">
        <p class="label grips-label loud">{words.failed[why]}</p>
        <Grip main onPress={flow.again}>
          {words.again}
        </Grip>
        {why === 'outdated' && (
          <Grip center onPress={() => location.reload()}>
            {words.failed.newer}
          </Grip>
        )}
        <div class="pair">
          <Grip onPress={() => void rescue()}>{words.failed.rescue}</Grip>
          <Grip onPress={() => void copy()}>{words.failed.copy}</Grip>
        </div>
        {told && <p class="small after-note">{told}</p>}
      </div>
      <Foot />
    </>
  );
}

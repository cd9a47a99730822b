import { useEffect } from 'preact/hooks';
import type { Answers, Item } from '../../contract';
import { Chips, OneChip, ScaleRow } from '../../parts/choices';
import { Foot } from '../../parts/foot';
import { Gauge } from '../../parts/gauge';
import { Grip } from '../../parts/grip';
import { say } from '../../parts/live';
import { counted, partWords } from '../../parts/words';
import type { Flow } from './flow-state';
import { words } from './words/check-in';

/** Ids the answer is labelled and described by: the question on the wall and the plaque on the rail. */
export const LABEL = 'q';
export const PLAQUE = 'seen-by';
export const HINT = 'hint';

const picked = (answers: Answers, id: string): number[] => {
  const answer = answers[id];
  return Array.isArray(answer) ? answer : typeof answer === 'number' ? [answer] : [];
};

/** More than one pick is allowed, so a tap cannot mean "go on". */
export const takesSome = (item: Item) => item.type === 'chips' && (item.max ?? 1) > 1;

/** The dado of one question: what answers it, and the foot. */
export function Question({ flow }: { flow: Flow }) {
  const { item, answers } = flow;
  useDigits(flow);
  if (item.type === 'text') return <KeepOrSkip flow={flow} />;
  return (
    <>
      <Answering flow={flow} key={item.id} />
      {(takesSome(item) || item.type === 'slider') && <Next flow={flow} set={picked(answers, item.id).length > 0} />}
      <Foot back={flow.back} skip={flow.skip} />
    </>
  );
}

function Answering({ flow }: { flow: Flow }) {
  const { item, answers } = flow;
  const shared = {
    options: item.options,
    labelledBy: LABEL,
    describedBy: takesSome(item) ? `${HINT} ${PLAQUE}` : PLAQUE,
  };
  const chosen = picked(answers, item.id);
  if (item.type === 'slider') {
    const answer = answers[item.id];
    return (
      <Gauge
        value={typeof answer === 'number' ? answer : undefined}
        least={item.min ?? 0}
        most={item.max ?? 10}
        ends={[bare(item.options[0]), bare(item.options.at(-1))]}
        onChange={(value) => flow.answer(value, 'stay')}
        labelledBy={LABEL}
        describedBy={PLAQUE}
      />
    );
  }
  if (takesSome(item)) {
    const most = item.max ?? 1;
    return (
      <Chips
        {...shared}
        chosen={chosen}
        most={most}
        onChange={(next) => (next.length ? flow.answer(next, 'stay') : flow.answer([], 'stay'))}
        onFull={() => say(partWords.chips.full(counted(most)))}
      />
    );
  }
  if (item.type === 'chips')
    return <OneChip {...shared} chosen={chosen[0]} onPick={(index) => flow.answer([index], 'soon')} />;
  if (item.type === 'ack') {
    return (
      <Grip main onPress={() => flow.answer(0, 'now')}>
        {item.options[0] ?? words.next}
      </Grip>
    );
  }
  return (
    <ScaleRow
      {...shared}
      rods={item.type === 'scale'}
      chosen={chosen[0]}
      onPick={(index) => flow.answer(index, 'soon')}
    />
  );
}

/** An end of the rod without the digits some protocols print before it. */
const bare = (word = '') => word.replace(/^\d+\s+/, '');

function Next({ flow, set }: { flow: Flow; set: boolean }) {
  const { item, answers } = flow;
  if (item.type === 'slider' && !set) {
    return (
      <Grip busy center sub={words.gaugeWhy}>
        {words.gaugeWait}
      </Grip>
    );
  }
  return (
    <Grip main onPress={() => (set ? flow.answer(answers[item.id] ?? [], 'now') : flow.skip())}>
      {words.next}
    </Grip>
  );
}

function KeepOrSkip({ flow }: { flow: Flow }) {
  const text = flow.answers[flow.item.id];
  const keep = () => (typeof text === 'string' && text.trim() ? flow.answer(text.trim(), 'now') : flow.skip());
  return (
    <>
      <div class="pair">
        <Grip onPress={flow.skip}>{partWords.skip}</Grip>
        <Grip main onPress={keep}>
          {words.keep}
        </Grip>
      </div>
      <Foot back={flow.back} />
    </>
  );
}

/** On a keyboard, a digit answers: 1 for the first choice. */
function useDigits(flow: Flow): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const target = event.target as HTMLElement | null;
      if (target?.closest?.('input, textarea, dialog')) return;
      const index = Number.parseInt(event.key, 10) - 1;
      const { item } = flow;
      if (!(index >= 0 && index < item.options.length) || item.type === 'slider' || item.type === 'text') return;
      document.querySelectorAll<HTMLElement>('[data-choice]')[index]?.click();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}

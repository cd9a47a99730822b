import { useState } from 'preact/hooks';
import type { Level, Protocol } from '../../contract';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { useRoving } from '../../parts/roving';
import { Sheet } from '../../parts/sheet';
import { Switch } from '../../parts/switch';
import { partWords } from '../../parts/words';
import { library } from '../../store';
import type { SheetProps } from './rhythm-sheets';
import { words } from './words/rhythm-more';

const LEVELS: Level[] = ['more', 'usual', 'less', 'off'];

/** How often each check-in is wanted, and whether one may be skipped by chance. */
export function TopicsSheet({ rhythm, keep, onClose }: SheetProps) {
  const [protocols, setProtocols] = useState(rhythm.protocols as Record<string, Level>);
  const [holdBack, setHoldBack] = useState(rhythm.hold_back);
  const pushed = (library.value?.protocols ?? []).filter((one) => one.pushed);
  const save = () => {
    onClose();
    void keep({ protocols, hold_back: holdBack });
  };
  return (
    <Sheet
      title={words.topics.title}
      onClose={onClose}
      dado={
        <>
          <div class="grips">
            <Grip main onPress={save}>
              {words.topics.keep}
            </Grip>
            <Grip center onPress={onClose}>
              {partWords.close}
            </Grip>
          </div>
          <Foot />
        </>
      }
    >
      <p class="lede">{words.topics.say}</p>
      <div class="topics">
        {pushed.map((one) => (
          <Topic
            key={one.id}
            protocol={one}
            level={protocols[one.id] ?? 'usual'}
            onPick={(level) => setProtocols({ ...protocols, [one.id]: level })}
          />
        ))}
      </div>
      <Switch on={holdBack} sub={words.topics.holdBackSub} onFlip={() => setHoldBack(!holdBack)}>
        {words.topics.holdBack}
      </Switch>
    </Sheet>
  );
}

interface TopicProps {
  protocol: Protocol;
  level: Level;
  onPick: (level: Level) => void;
}

function Topic({ protocol, level, onPick }: TopicProps) {
  const { box, onKeyDown, tabIndex } = useRoving(LEVELS.length, LEVELS.indexOf(level));
  const id = `topic-${protocol.id}`;
  return (
    <div>
      <h3 class="title" id={id}>
        {protocol.name}
      </h3>
      <div class="seg four" role="radiogroup" aria-labelledby={id} ref={box} onKeyDown={onKeyDown}>
        {LEVELS.map((one, index) => (
          // biome-ignore lint/a11y/useSemanticElements: four words in a row, each a button-shaped radio.
          <button
            key={one}
            type="button"
            role="radio"
            aria-checked={one === level}
            tabIndex={tabIndex(index)}
            data-choice
            onClick={() => onPick(one)}
          >
            {words.topics.levels[one]}
          </button>
        ))}
      </div>
    </div>
  );
}

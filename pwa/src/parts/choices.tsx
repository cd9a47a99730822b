import { TickIcon } from './icons';
import { useRoving } from './roving';

interface OneOf {
  options: string[];
  chosen: number | undefined;
  onPick: (index: number) => void;
  labelledBy: string;
  describedBy?: string;
}

/** Rows whose rod grows with the answer. One hue: nothing here is good or bad. A tap answers. */
export function ScaleRow({
  options,
  chosen,
  onPick,
  labelledBy,
  describedBy,
  rods = true,
}: OneOf & { rods?: boolean }) {
  const { box, onKeyDown, tabIndex } = useRoving(options.length, chosen ?? 0);
  return (
    <div
      class="grips"
      role="radiogroup"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      ref={box}
      onKeyDown={onKeyDown}
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a grip is a button-shaped radio; a native radio cannot hold the rod.
        <button
          key={option}
          type="button"
          class="grip"
          role="radio"
          aria-checked={chosen === index}
          tabIndex={tabIndex(index)}
          data-choice
          onClick={() => onPick(index)}
        >
          <span class="t">{option}</span>
          {rods && <span class="rod" style={{ '--len': `${rodLength(index, options.length)}%` }} aria-hidden="true" />}
        </button>
      ))}
    </div>
  );
}

/** The first rod is short, never empty: an answer of "almost none" is still an answer. */
function rodLength(index: number, count: number): number {
  return index === 0 ? 7 : Math.round((100 * index) / (count - 1));
}

/** One pick among chips; a tap answers. */
export function OneChip({ options, chosen, onPick, labelledBy, describedBy }: OneOf) {
  const { box, onKeyDown, tabIndex } = useRoving(options.length, chosen ?? 0);
  return (
    <div
      class="chips"
      role="radiogroup"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      ref={box}
      onKeyDown={onKeyDown}
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a chip is a button-shaped radio with its own ring and tick.
        <button
          key={option}
          type="button"
          class={isLastAlone(index, options.length) ? 'chip wide' : 'chip'}
          role="radio"
          aria-checked={chosen === index}
          tabIndex={tabIndex(index)}
          data-choice
          onClick={() => onPick(index)}
        >
          {option}
          <TickIcon size="s" />
        </button>
      ))}
    </div>
  );
}

interface SomeOf extends Omit<OneOf, 'chosen' | 'onPick'> {
  chosen: number[];
  most: number;
  onChange: (chosen: number[]) => void;
  onFull: () => void;
}

/** Up to `most` picks. At the limit nothing is disabled: `onFull` says how to change one. */
export function Chips({ options, chosen, most, onChange, onFull, labelledBy, describedBy }: SomeOf) {
  const { box, onKeyDown, tabIndex } = useRoving(options.length, chosen[0] ?? 0);
  const flip = (index: number) => {
    if (chosen.includes(index)) onChange(chosen.filter((other) => other !== index));
    else if (chosen.length < most) onChange([...chosen, index].sort((a, b) => a - b));
    else onFull();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be labelled by the question on the wall above.
    <div
      class="chips"
      role="group"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      ref={box}
      onKeyDown={onKeyDown}
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a chip is a button-shaped checkbox with its own ring and tick.
        <button
          key={option}
          type="button"
          class={isLastAlone(index, options.length) ? 'chip wide' : 'chip'}
          role="checkbox"
          aria-checked={chosen.includes(index)}
          tabIndex={tabIndex(index)}
          data-choice
          onClick={() => flip(index)}
        >
          {option}
          <TickIcon size="s" />
        </button>
      ))}
    </div>
  );
}

function isLastAlone(index: number, count: number): boolean {
  return count % 2 === 1 && index === count - 1;
}

import { useRef } from 'preact/hooks';
import { MinusIcon, PlusIcon } from './icons';
import { partWords } from './words';

interface GaugeProps {
  value: number | undefined;
  least: number;
  most: number;
  ends: [string, string];
  onChange: (value: number) => void;
  labelledBy: string;
  describedBy?: string;
}

/** The rod: a place between two words. No number is ever shown; a screen reader hears words too. */
export function Gauge({ value, least, most, ends, onChange, labelledBy, describedBy }: GaugeProps) {
  const rod = useRef<HTMLDivElement>(null);
  const middle = Math.round((least + most) / 2);
  const set = (next: number) => onChange(Math.min(most, Math.max(least, next)));
  // The first press of a button lands in the middle: it shows the rod working and leans to neither word.
  const nudge = (by: number) => set(value === undefined ? middle : value + by);
  const follow = (event: PointerEvent) => {
    const box = rod.current?.getBoundingClientRect();
    if (box?.width) set(least + Math.round(((event.clientX - box.left) / box.width) * (most - least)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = keyed(event.key, value ?? middle, least, most);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(next);
  };
  const part = value === undefined ? 0 : (value - least) / (most - least);
  return (
    <div class="gauge">
      <div class="gauge-row">
        <button type="button" class="grip step" aria-label={partWords.gauge.less} onClick={() => nudge(-1)}>
          <MinusIcon />
        </button>
        <div
          ref={rod}
          class={value === undefined ? 'gauge-rod unset' : 'gauge-rod'}
          role="slider"
          tabIndex={0}
          aria-labelledby={labelledBy}
          aria-describedby={describedBy}
          aria-valuemin={least}
          aria-valuemax={most}
          aria-valuenow={value ?? middle}
          aria-valuetext={inWords(value, least, most, ends)}
          style={{ '--at': part }}
          onKeyDown={onKeyDown}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture?.(event.pointerId);
            follow(event);
          }}
          onPointerMove={(event) => event.buttons > 0 && follow(event)}
        >
          <i class="knob" />
        </div>
        <button type="button" class="grip step" aria-label={partWords.gauge.more} onClick={() => nudge(1)}>
          <PlusIcon />
        </button>
      </div>
      <p class="gauge-ends small" aria-hidden="true">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
    </div>
  );
}

function keyed(key: string, from: number, least: number, most: number): number | undefined {
  if (key === 'ArrowRight' || key === 'ArrowUp') return from + 1;
  if (key === 'ArrowLeft' || key === 'ArrowDown') return from - 1;
  if (key === 'PageUp') return from + 3;
  if (key === 'PageDown') return from - 3;
  if (key === 'Home') return least;
  return key === 'End' ? most : undefined;
}

/** A place on the rod as words: "At plenty", "Close to nothing left". */
export function inWords(value: number | undefined, least: number, most: number, ends: [string, string]): string {
  const say = partWords.gauge;
  if (value === undefined) return say.unset;
  const half = (most - least) / 2;
  const off = value - least - half;
  if (off === 0) return say.middle;
  const end = off < 0 ? ends[0] : ends[1];
  const from = half - Math.abs(off);
  if (from === 0) return say.at(end);
  const step = Math.min(say.steps.length - 1, Math.ceil(from) - 1);
  return say.near(say.steps[step] ?? '', end);
}

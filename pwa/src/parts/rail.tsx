import { partWords } from './words';

/**
 * The oak line between what is read and what is touched. `step` counts from 0; `steps` brackets hang from it.
 * Without steps it is simply lit from wall to wall.
 */
export function Rail({ step, steps, extra = false }: { step?: number; steps?: number; extra?: boolean }) {
  if (step === undefined || !steps) {
    return (
      <div class="rail" aria-hidden="true">
        <span class="lit full" />
      </div>
    );
  }
  const at = (index: number) => (steps === 1 ? 50 : 14 + (72 * index) / (steps - 1));
  const to = extra ? 100 : at(step);
  return (
    <div class="rail" role="img" aria-label={partWords.step(step + 1, steps)}>
      <span class={extra ? 'lit full' : 'lit'} style={{ '--to': `${to}%` }} />
      {Array.from({ length: steps }, (_, index) => (
        <i key={index} class={bracketClass(index, step)} style={{ '--at': `${at(index)}%` }} />
      ))}
    </div>
  );
}

function bracketClass(index: number, step: number): string {
  if (index < step) return 'bracket done';
  return index === step ? 'bracket now' : 'bracket';
}

const RETURN = {
  close: { box: '0 0 390 36', turn: 338, drop: 14 },
  share: { box: '0 0 390 120', turn: 280, drop: 84 },
};

/** The rail goes back to the wall: a check-in is over. `share` drops it down to the browser's Share button. */
export function RailReturns({ kind = 'close' }: { kind?: 'close' | 'share' }) {
  const { box, turn, drop } = RETURN[kind];
  return (
    <div class={`rail returns ${kind}`} aria-hidden="true">
      <svg viewBox={box} preserveAspectRatio="xMaxYMin slice" fill="none" aria-hidden="true">
        <path class="shade" d={`M-900 4H${turn}a14 14 0 0 1 14 14v${drop}`} stroke-width="8" stroke-linecap="round" />
        <path
          class="oak"
          d={`M-900 3.3H${turn}a14 14 0 0 1 14.4 14v${drop}`}
          stroke-width="6.4"
          stroke-linecap="round"
        />
        <path class="light" d={`M-900 1.4H${turn}.5`} stroke-width="2.4" />
      </svg>
    </div>
  );
}

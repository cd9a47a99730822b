import type { Rhythm } from '../../contract';
import { BellIcon, BellOffIcon, UndoIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { pushState } from '../../push';
import {
  before,
  changeRhythm,
  preview,
  type RhythmState,
  readRhythm,
  rhythm,
  rhythmState,
  undoChange,
} from './rhythm-state';
import { words } from './words/rhythm';

/** Keeps a change and says so; the line above the grips tells when it could not be kept. */
export async function keep(change: Partial<Rhythm>): Promise<void> {
  if (await changeRhythm(change)) say(words.kept);
}

/** Whether prompts arrive on this phone; the way to turn them on or off. */
export function Health() {
  const state = pushState.value;
  if (state === 'unknown') return null;
  const on = state === 'on';
  const text = on ? words.arrive.on : state === 'off' || state === 'ignored' ? words.arrive.ask : words.arrive.off;
  return (
    <a class="pill" href="/prompts">
      {on ? <BellIcon size="s" /> : <BellOffIcon size="s" />}
      {text}
    </a>
  );
}

/** What became of the last change, right where the thumb is: kept and to be taken back, or not kept. */
export function Kept() {
  const state = rhythmState.value;
  const undo = async () => {
    if (await undoChange()) say(words.undone);
  };
  if (state === 'unchanged' || state === 'failed')
    return (
      <p class="small kept" role="status">
        {words[state]}
      </p>
    );
  if (state !== 'ready' || !before.value) return null;
  return (
    <div class="small kept">
      {words.kept}
      <button type="button" onClick={() => void undo()}>
        <UndoIcon size="s" />
        {words.undo}
      </button>
    </div>
  );
}

/** Where the page stands with the server; the times last known are shown all the while. */
export function StateLine() {
  const state = rhythmState.value;
  const eased = preview.value?.eased ?? 'usual';
  if (state !== 'ready')
    return (
      <div class="state-line" role="status">
        <p class="lede">{sentence(state)}</p>
        {state !== 'loading' && (
          <button type="button" class="btn" onClick={() => void readRhythm()}>
            {words.retry}
          </button>
        )}
      </div>
    );
  if (eased === 'usual') return null;
  return (
    <div class="state-line">
      <p class="lede">{words.eased[eased]}</p>
      <button type="button" class="btn" onClick={() => void keep({})}>
        {words.eased.again}
      </button>
    </div>
  );
}

function sentence(state: Exclude<RhythmState, 'ready'>): string {
  if (state === 'loading') return words.loading;
  if (!rhythm.value) return state === 'failed' ? words.unread : words.empty;
  return words.offline;
}

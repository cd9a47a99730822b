import { computed, signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { say } from '../parts/live';
import { path } from '../parts/route';
import { advanceDemo, applyUpdate, demo, lossRead, needsUpdate, session, syncNow, updateReady } from '../session';
import { type Lost, lost, me } from '../store';
import { words } from '../words';

const later = signal(false);

/** A check-in under way is never interrupted, not even by an offer. */
const answering = computed(() => path.value.startsWith('/c/') || path.value.startsWith('/check-in/'));

/** The lines above every page. None of them covers anything. */
export function Notices() {
  return (
    <>
      <DemoBar />
      {path.value !== '/sign-in' && <Outside />}
      {lost.value && !answering.value && <Loss {...lost.value} />}
      {needsUpdate.value && !answering.value && (
        <div class="notice-bar" role="status">
          <p>{words.update.needed}</p>
          <button type="button" class="btn" onClick={() => void applyUpdate()}>
            {words.update.take}
          </button>
        </div>
      )}
      {updateReady.value && !needsUpdate.value && !later.value && !answering.value && (
        <div class="notice-bar" role="status">
          <p>{words.update.ready}</p>
          <button type="button" class="btn" onClick={() => void applyUpdate()}>
            {words.update.take}
          </button>
          <button
            type="button"
            class="btn bare"
            onClick={() => {
              later.value = true;
            }}
          >
            {words.update.later}
          </button>
        </div>
      )}
    </>
  );
}

/** What this phone kept and does not have any more: what is gone, and what is not. */
function Loss({ why, waiting }: Lost) {
  const gone = waiting === null ? words.lost.unknown : waiting === 0 ? words.lost.nothing : words.lost.waiting(waiting);
  return (
    <div class="notice-bar" role="status">
      <p>
        {words.lost[why]} {gone} {words.lost.back}
      </p>
      <button type="button" class="btn" onClick={() => void lossRead()}>
        {words.ok}
      </button>
    </div>
  );
}

/** The way back in, for a person whose session ended. */
function Outside() {
  const said = session.value === 'needs-sign-in' ? words.signedOut : null;
  if (!said) return null;
  return (
    <div class="notice-bar" role="status">
      <p>{said.say}</p>
      <a class="btn" href="/sign-in">
        {said.go}
      </a>
    </div>
  );
}

/** How often the demo's clock is asked how far it came, in milliseconds, and how often at most. */
const ASK_MS = 1000;
const ASK_TIMES = 90;

/** Only in a demo instance: its own clock, and a button that lets the days pass till the next release is out. */
function DemoBar() {
  const [moving, setMoving] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  if (!me.value?.demo || answering.value) return null;
  const skip = async () => {
    setMoving(true);
    setTold(words.demo.moving);
    const outcome = await passDays().then(
      () => words.demo.arrived,
      () => words.demo.failed,
    );
    setTold(outcome);
    say(outcome);
    setMoving(false);
  };
  return (
    <section class="notice-bar demo-bar" aria-label={words.demo.clock}>
      <p>{told ?? words.demo.clock}</p>
      <button type="button" class="btn" aria-disabled={moving} onClick={() => !moving && void skip()}>
        {words.demo.skip}
      </button>
    </section>
  );
}

/** Resolves when the demo's clock is where it was sent. */
async function passDays(): Promise<void> {
  const { target_offset_s } = await advanceDemo({ to: 'next_release' });
  for (let times = 0; times < ASK_TIMES; times += 1) {
    await new Promise((wake) => setTimeout(wake, ASK_MS));
    const now = await demo();
    // The phone's own clock and the new release come with the exchange that follows.
    if (now && now.offset_s >= target_offset_s) return syncNow();
  }
  throw new Error('the clock did not arrive');
}

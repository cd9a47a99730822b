import { useState } from 'preact/hooks';
import { Brand } from '../../parts/brand';
import { nearDay } from '../../parts/dates';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { BellIcon, DaysIcon, EyeIcon, MoonIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { AppIcon } from '../../parts/marks';
import { back, go } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { confirmedAt, disable, enable, pushState } from '../../push';
import { askNow } from '../../session';
import { me } from '../../store';
import { Install } from './install';
import { PlainPage } from './plain-page';
import { words } from './words/prompts';

/** Turn on prompts: asked once, in plain words, with what it will ever show; every answer of the browser has a page. */
export function PromptsPage() {
  useTitle(words.tab);
  const state = pushState.value;
  if (state === 'install-first') return <Install onSkip={() => go('/')} />;
  if (state === 'blocked') return <Cannot {...words.blocked} />;
  if (state === 'unsupported') return <Cannot {...words.unsupported} />;
  return state === 'on' ? <On /> : <Ask />;
}

function Cannot({ title, say: line }: { title: string; say: string }) {
  return (
    <PlainPage title={title} say={line}>
      <Grip main href="/">
        {words.today}
      </Grip>
    </PlainPage>
  );
}

function Ask() {
  const [busy, setBusy] = useState(false);
  const state = pushState.value;
  const told = state === 'ignored' ? words.ignored : state === 'unreachable' ? words.unreachable : words.once;
  // Nothing may come between the tap and enable(): the browser asks only inside the tap itself.
  const allow = () => {
    const asked = enable();
    setBusy(true);
    void asked.then((now) => {
      setBusy(false);
      if (now !== 'on') return;
      say(words.turnedOn);
      go('/', { replace: true });
    });
  };
  return (
    <Stairwell
      name="asks"
      top={
        <>
          <Brand />
          <span>{words.last}</span>
        </>
      }
      dado={
        <>
          <div class="grips">
            <Grip main onPress={() => !busy && allow()}>
              {busy ? words.asking : words.allow}
            </Grip>
            <Grip center onPress={() => go('/', { replace: true })}>
              {words.myself}
            </Grip>
          </div>
          <p class="small after-note" role="status">
            {told}
          </p>
          <Foot back={() => back()} />
        </>
      }
    >
      <h1 class="stem" tabIndex={-1}>
        {words.title}
      </h1>
      <p class="lede">{words.lede}</p>
      <div class="noti" role="img" aria-label={words.sampleLabel}>
        <AppIcon px={44} />
        <span>
          <b>Handrail</b>
          <span>{words.sample}</span>
        </span>
        <span class="n">{words.now}</span>
      </div>
      <ul class="prom">
        <li>
          <DaysIcon size="s" />
          {words.promises.week}
        </li>
        <li>
          <MoonIcon size="s" />
          {words.promises.quiet}
        </li>
        <li>
          <EyeIcon size="s" />
          {words.promises.nothing}
        </li>
      </ul>
    </Stairwell>
  );
}

/** Push health the resident can read, with a test that is a real prompt. */
function On() {
  const [told, setTold] = useState<string | null>(null);
  const zone = me.value?.zone ?? 'UTC';
  const at = confirmedAt.value;
  const test = async () => {
    const ok = await askNow(null).then(
      () => true,
      () => false,
    );
    setTold(ok ? words.on.sent : words.on.failed);
    say(ok ? words.on.sent : words.on.failed);
  };
  const off = async () => {
    await disable();
    say(words.on.turnedOff);
  };
  return (
    <Stairwell
      top={<Brand />}
      dado={
        <>
          <div class="grips">
            <Grip icon={<BellIcon />} sub={told ?? words.on.testSub} onPress={() => void test()}>
              {words.on.test}
            </Grip>
            <Grip sub={words.on.offSub} onPress={() => void off()}>
              {words.on.off}
            </Grip>
          </div>
          <Foot back={() => back('/rhythm')} />
        </>
      }
    >
      <h1 class="stem" tabIndex={-1}>
        {words.on.title}
      </h1>
      <p class="lede rests">{at ? words.on.confirmed(nearDay(at, zone)) : words.on.unconfirmed}</p>
    </Stairwell>
  );
}

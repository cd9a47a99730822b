import { useState } from 'preact/hooks';
import { Brand } from '../../parts/brand';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { DaysIcon, EyeIcon, MoonIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { AppIcon } from '../../parts/marks';
import { settingsKind } from '../../parts/platform';
import { back, go } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { enable, look, type PushState, pushState } from '../../push';
import { Install } from './install';
import { PlainPage } from './plain-page';
import { PushHealthPage } from './push-health';
import { words } from './words/prompts';

/** Turn on prompts: asked once, in plain words, with what it will ever show; every answer of the browser has a page. */
export function PromptsPage() {
  useTitle(words.tab);
  const state = pushState.value;
  if (state === 'install-first') return <Install />;
  if (state === 'blocked') return <Blocked />;
  if (state === 'unsupported') return <Cannot {...words.unsupported} />;
  if (state === 'switched-off') return <Cannot {...words.switchedOff} />;
  return state === 'on' ? <PushHealthPage /> : <Ask />;
}

function Blocked() {
  const [told, setTold] = useState(words.blocked.say);
  const again = async () => {
    await look().catch(() => {});
    if (pushState.value !== 'blocked') return;
    setTold(words.blocked.still);
    say(words.blocked.still);
  };
  return (
    <PlainPage title={words.blocked.title} say={`${told} ${words.settings[settingsKind()]}`}>
      <Grip main onPress={() => void again()}>
        {words.blocked.again}
      </Grip>
      <OtherWays />
    </PlainPage>
  );
}

function Cannot({ title, say: line }: { title: string; say: string }) {
  return (
    <PlainPage title={title} say={line}>
      <Grip main href="/">
        {words.today}
      </Grip>
      <OtherWays />
    </PlainPage>
  );
}

const OtherWays = () => (
  <Grip center href="/prompts/health">
    {words.ways}
  </Grip>
);

/** What the browser said last, in words; before it was asked, what it will do. */
const TOLD: Partial<Record<PushState, string>> = {
  ignored: words.ignored,
  unreachable: words.unreachable,
  'not-ready': words.notReady,
};

function Ask() {
  const [busy, setBusy] = useState(false);
  const told = TOLD[pushState.value] ?? words.once;
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

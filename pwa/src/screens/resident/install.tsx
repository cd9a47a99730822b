import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Brand } from '../../parts/brand';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { AddSquareIcon, BuoyIcon, DotsIcon, ScreenIcon, ShareIcon, TickIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { AppIcon } from '../../parts/marks';
import { android, apple, macSafari, otherApple, pad } from '../../parts/platform';
import { RailReturns } from '../../parts/rail';
import { back, go } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { canInstall, installed, takeInstall } from '../../session';
import { PlainPage } from './plain-page';
import { type Coach, coaches, words } from './words/install';

type Kind = keyof typeof coaches;

const FIRST = { offered: ScreenIcon, android: DotsIcon, mac: DotsIcon, desktop: ScreenIcon };
const SECOND = { offered: TickIcon, android: AddSquareIcon, mac: AddSquareIcon, desktop: TickIcon };

function kindOf(): Kind {
  if (apple()) return otherApple() ? 'otherApple' : pad() ? 'ipad' : 'iphone';
  if (canInstall.value) return 'offered';
  if (android()) return 'android';
  return macSafari() ? 'mac' : 'desktop';
}

/** How to put Handrail on the home screen of this very browser. `onSkip` is given where it stands before the door. */
export function Install({ onSkip }: { onSkip?: () => void }) {
  useTitle(words.tab);
  const kind = kindOf();
  if (installed.value) {
    return (
      <PlainPage title={words.done.title} say={words.done.say}>
        <Grip main href="/">
          {words.today}
        </Grip>
      </PlainPage>
    );
  }
  if (apple()) return <OnApple kind={kind} onSkip={onSkip ?? (() => go('/'))} />;
  return (
    <Stairwell name="install elsewhere" top={<Brand />} dado={<Offer />}>
      <Steps coach={coaches[kind]} pictures={pictures(kind)} />
    </Stairwell>
  );
}

function pictures(kind: Kind): [ComponentChildren, ComponentChildren] {
  if (kind === 'iphone' || kind === 'ipad' || kind === 'otherApple') {
    return [<ShareIcon key="share" size="l" />, <AddSquareIcon key="add" size="l" />];
  }
  const [First, Second] = [FIRST[kind], SECOND[kind]];
  return [<First key="first" size="l" />, <Second key="second" size="l" />];
}

/** The browser's own offer where there is one; it may be made only inside the tap. */
function Offer() {
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const take = async () => {
    setBusy(true);
    const taken = await takeInstall().catch(() => false);
    setBusy(false);
    const said = taken ? words.done.title : words.passed;
    setTold(said);
    say(said);
  };
  return (
    <>
      <div class="grips">
        {(canInstall.value || busy) && (
          <Grip main onPress={() => !busy && void take()}>
            {busy ? words.taking : words.take}
          </Grip>
        )}
        <Grip center onPress={() => back()}>
          {words.notNow}
        </Grip>
      </div>
      {told && <p class="small after-note">{told}</p>}
      <Foot back={() => back()} />
    </>
  );
}

function Steps({
  coach,
  pictures: [first, second],
}: {
  coach: Coach;
  pictures: [ComponentChildren, ComponentChildren];
}) {
  const [one, two, three] = coach.steps;
  return (
    <>
      <p class="label kicker">{words.kicker}</p>
      <h1 class="stem" tabIndex={-1}>
        {coach.title}
      </h1>
      <p class="lede">{coach.lede}</p>
      <ol class="inst">
        <Step {...one}>{first}</Step>
        <Step {...two}>{second}</Step>
        <Step {...three} clear>
          <AppIcon px={56} />
        </Step>
      </ol>
    </>
  );
}

function Step(props: { name: string; say: string; clear?: boolean; children: ComponentChildren }) {
  return (
    <li>
      <span class={props.clear ? 'square clear' : 'square'}>{props.children}</span>
      <span>
        <b>{props.name}</b>
        <span>{props.say}</span>
      </span>
    </li>
  );
}

/** An iPhone's browser tab cannot be prompted and does not share its storage with the app: install first. */
function OnApple({ kind, onSkip }: { kind: Kind; onSkip: () => void }) {
  const [share, is] = words.here;
  const below = kind === 'iphone';
  return (
    <Stairwell
      name={below ? 'install' : 'install elsewhere'}
      top={
        <>
          <Brand />
          {/* The browser owns the bottom corner here, so Help is top right. */}
          <a class="pill" href="/help">
            <BuoyIcon size="s" />
            {words.help}
          </a>
        </>
      }
      rail={below ? <RailReturns kind="share" /> : undefined}
      dado={
        <>
          <Grip sub={words.useHere} onPress={onSkip}>
            {words.notNow}
          </Grip>
          {below && (
            <p class="here" aria-hidden="true">
              {share} <br />
              {is}
            </p>
          )}
        </>
      }
    >
      <Steps coach={coaches[kind]} pictures={pictures(kind)} />
    </Stairwell>
  );
}

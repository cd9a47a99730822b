import { useState } from 'preact/hooks';
import { Offline } from '../../api';
import { now } from '../../clock';
import type { Protocol } from '../../contract';
import { Brand } from '../../parts/brand';
import { longDay, nearDay, partOfDay, time } from '../../parts/dates';
import { Grip } from '../../parts/grip';
import { BellIcon, BellOffIcon, KeyIcon, OnwardIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { Stairwell } from '../../parts/stairwell';
import { pushState } from '../../push';
import { askNow, keys, recoveryMade } from '../../session';
import { entries, library, me, prompts } from '../../store';
import { WherePill } from './where';
import { words } from './words/today';

/** Nothing is due. What may be started by hand lies in the dado; the wall may stay nearly bare. */
export function Quiet() {
  const zone = me.value?.zone ?? 'UTC';
  return (
    <Stairwell
      name="today"
      tab="today"
      top={
        <>
          <Brand />
          <WherePill />
        </>
      }
      dado={<ToHold protocols={library.value?.protocols ?? []} />}
    >
      <p class="label kicker">{longDay(now(), zone)}</p>
      <h1 class="stem" tabIndex={-1}>
        {words.quiet[partOfDay(zone)]}
      </h1>
      <p class="lede">{nextOne(zone)}</p>
      <OneStep />
    </Stairwell>
  );
}

function nextOne(zone: string): string {
  const ahead = prompts.value
    .filter((prompt) => (prompt.state === 'planned' || prompt.state === 'snoozed') && Date.parse(prompt.due_at) > now())
    .sort((a, b) => a.due_at.localeCompare(b.due_at))[0];
  if (!ahead) return words.noNext;
  const at = time(ahead.due_at, zone);
  return ahead.state === 'snoozed' ? words.snoozedTill(at) : words.next(nearDay(ahead.due_at, zone), at);
}

/** At most one thing a person may want to do for themselves; it opens a page and asks nothing here. */
function OneStep() {
  if (pushState.value === 'off' || pushState.value === 'ignored') {
    return <Row href="/prompts" icon={<BellOffIcon size="s" />} {...words.turnOn} />;
  }
  if (keys.value === 'ready' && !recoveryMade.value && entries.value.length > 0) {
    return <Row href="/phone" icon={<KeyIcon size="s" />} {...words.keep} />;
  }
  return null;
}

function Row({ href, icon, title, say: line }: { href: string; icon: preact.JSX.Element; title: string; say: string }) {
  return (
    <a class="row ask-row" href={href}>
      {icon}
      <span class="small">
        <b>{title}</b> {line}
      </span>
      <span class="end">
        <OnwardIcon size="s" />
      </span>
    </a>
  );
}

function ToHold({ protocols }: { protocols: Protocol[] }) {
  return (
    <>
      <p class="label grips-label">{words.hold}</p>
      <div class="grips">
        {protocols.map((protocol) => (
          <Grip key={protocol.id} href={`/check-in/${protocol.id}`} sub={protocol.theme} onward>
            {protocol.name}
          </Grip>
        ))}
        <AskNow />
      </div>
    </>
  );
}

function AskNow() {
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const ask = async () => {
    setBusy(true);
    try {
      await askNow(null);
      say(words.asked);
    } catch (error) {
      const why = error instanceof Offline ? words.askOffline : words.askFailed;
      setTold(why);
      say(why);
    }
    setBusy(false);
  };
  return (
    <Grip icon={<BellIcon />} sub={told ?? words.askSub} onPress={() => !busy && void ask()}>
      {busy ? words.asking : words.ask}
    </Grip>
  );
}

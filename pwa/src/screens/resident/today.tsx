import { useEffect, useState } from 'preact/hooks';
import { now } from '../../clock';
import type { Prompt, Protocol } from '../../contract';
import { longestPath } from '../../journal/flow';
import { Brand } from '../../parts/brand';
import { longDay, partOfDay, time } from '../../parts/dates';
import { Grip } from '../../parts/grip';
import { ClockIcon, OnwardIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { leastGroup, SeenGlyph } from '../../parts/plaque';
import { go } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { counted } from '../../parts/words';
import { draftKey, draftOf, isOpen, keepPromptOutcome, me, prompts, protocolOf } from '../../store';
import { about } from './seconds';
import { Quiet } from './today-quiet';
import { useMinute } from './use-minute';
import { WherePill } from './where';
import { words } from './words/today';

const HOUR_MS = 3_600_000;

/** A check-in that is ready, or a quiet page. */
export function Today() {
  useTitle(words.tab);
  useMinute();
  const open = prompts.value.filter((prompt) => isOpen(prompt)).sort((a, b) => a.due_at.localeCompare(b.due_at));
  const ready = open.find((prompt) => protocolOf(prompt.protocol));
  const protocol = ready && protocolOf(ready.protocol);
  return ready && protocol ? <Waiting key={ready.id} prompt={ready} protocol={protocol} /> : <Quiet />;
}

function Waiting({ prompt, protocol }: { prompt: Prompt; protocol: Protocol }) {
  const [begun, setBegun] = useState(false);
  const [notKept, setNotKept] = useState(false);
  const zone = me.value?.zone ?? 'UTC';
  useEffect(() => {
    void draftOf(draftKey(protocol.id, prompt.id))
      .then((draft) => setBegun(draft !== null && Object.keys(draft.answers).length > 0))
      .catch(() => {});
  }, [prompt.id]);
  const put = async (outcome: 'snoozed' | 'declined') => {
    const kept = await keepPromptOutcome(prompt.id, outcome).then(
      () => true,
      () => false,
    );
    setNotKept(!kept);
    say(kept ? (outcome === 'snoozed' ? words.snoozed : words.declined) : words.notKept);
  };
  const fits = Date.parse(prompt.until) - now() > HOUR_MS;
  const taps = counted(longestPath(protocol)).toLowerCase();
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
      dado={
        <div class="grips">
          <Grip main onPress={() => go(`/c/${prompt.id}`)}>
            {begun ? words.goOn : words.start}
          </Grip>
          <div class="pair">
            {fits && <Grip onPress={() => void put('snoozed')}>{words.hour}</Grip>}
            <Grip onPress={() => void put('declined')}>{words.later[partOfDay(zone)]}</Grip>
          </div>
        </div>
      }
    >
      <p class="label kicker">{longDay(now(), zone)}</p>
      <h1 class="stem" tabIndex={-1}>
        {words.ready[0]} <br />
        {words.ready[1]}
      </h1>
      <p class="lede">{words.about(protocol.name, taps, about(protocol), time(prompt.until, zone))}</p>
      {notKept && <p class="warn">{words.notKept}</p>}
      <WhoSees protocol={protocol} />
      <a class="row why-now" href="/rhythm">
        <ClockIcon size="s" />
        <span>{words.why(prompt.why || words.whyAsked)}</span>
        <span class="end">
          <OnwardIcon size="s" />
        </span>
      </a>
    </Stairwell>
  );
}

function WhoSees({ protocol }: { protocol: Protocol }) {
  const grouped = protocol.items.find((item) => item.audience === 'group' || item.audience === 'group_sensitive');
  const locked = protocol.items.some((item) => item.audience === 'phone');
  const least = grouped ? leastGroup(grouped.audience, protocol.k) : 5;
  return (
    <div class="block seen-block">
      <p class="label">{words.who}</p>
      <ul class="seen">
        {grouped && (
          <li>
            <span class="g group">
              <SeenGlyph seen="group" size="s" />
            </span>
            <span>{words.seen.group(words.numbers[least] ?? String(least))}</span>
          </li>
        )}
        <li>
          <span class="g keep">
            <SeenGlyph seen="keep" size="s" />
          </span>
          <span>{locked ? words.seen.phone : words.seen.own}</span>
        </li>
        <li>
          <span class="g share">
            <SeenGlyph seen="share" size="s" />
          </span>
          <span>{words.seen.coach}</span>
        </li>
      </ul>
    </div>
  );
}

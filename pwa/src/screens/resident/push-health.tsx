import { useEffect, useState } from 'preact/hooks';
import type { PushEmail, PushHealth } from '../../contract';
import { nearDay } from '../../parts/dates';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { BellIcon, ClockIcon, MailIcon, NoSignalIcon, PhoneIcon, TickIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { settingsKind } from '../../parts/platform';
import { back } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import {
  confirmedAt,
  confirmTest,
  disable,
  look,
  mend,
  type PushState,
  pushState,
  readHealth,
  runTest,
  setEmail,
} from '../../push';
import { installed } from '../../session';
import { me } from '../../store';
import { words as ask } from './words/prompts';
import { words } from './words/push-health';

/** Null while it is read; `offline` when the server could not be asked. */
type Asked = PushHealth | 'offline' | null;

/** How prompts reach this phone, what stands in their way, and a test that is a real one. */
export function PushHealthPage() {
  useTitle(words.tab);
  const [asked, setAsked] = useState<Asked>(null);
  const read = async () => {
    await mend().catch(() => {});
    setAsked(await readHealth().catch(() => 'offline' as const));
  };
  useEffect(() => {
    const test = new URLSearchParams(location.search).get('test');
    if (test) void confirmTest(test).catch(() => {});
    void read();
  }, []);
  const email = asked && asked !== 'offline' ? asked.email : null;
  const changeEmail = (email: PushEmail) => setAsked((now) => (now && now !== 'offline' ? { ...now, email } : now));
  return (
    <Stairwell
      name="push-health"
      top={<span>{words.tab}</span>}
      dado={
        <>
          <div class="grips">
            {pushState.value === 'on' ? <TestGrip onDone={() => void read()} /> : <WayOn onLook={() => void read()} />}
            {email ? <EmailGrip email={email} onChange={changeEmail} /> : <EmailWaits offline={asked === 'offline'} />}
            {pushState.value === 'on' && <OffGrip />}
          </div>
          <Foot back={() => back('/rhythm')} />
        </>
      }
    >
      <h1 class="stem" tabIndex={-1}>
        {titleOf(asked)}
      </h1>
      {todoOf(asked).map((line) => (
        <p key={line} class="warn">
          {line}
        </p>
      ))}
      <Facts asked={asked} />
    </Stairwell>
  );
}

const zone = () => me.value?.zone ?? 'UTC';
/** A calendar day as a person says it; noon is the same day in every zone that counts. */
const dayWords = (day: string) => nearDay(`${day}T12:00:00Z`, 'UTC');

function titleOf(asked: Asked): string {
  if (pushState.value !== 'on') return words.title.off;
  return todoOf(asked).length > 0 && asked !== 'offline' ? words.title.doubt : words.title.on;
}

/** What stands in the way, most important first; nothing when all is well. */
function todoOf(asked: Asked): string[] {
  const state = pushState.value;
  if (state === 'blocked') return [`${words.todo.blocked} ${ask.settings[settingsKind()]}`];
  if (state !== 'on') return [words.todo[state]];
  if (asked === null) return [];
  if (asked === 'offline') return [confirmedAt.value ? words.offline : words.unconfirmed];
  const lines = [asked.broken && words.broken, words.service[asked.service]];
  if (asked.paused_until) lines.push(words.paused(dayWords(asked.paused_until)));
  return lines.filter((line): line is string => Boolean(line));
}

function Facts({ asked }: { asked: Asked }) {
  const { installed: own, allowed, reached, ...facts } = words.facts;
  const permission = 'Notification' in globalThis ? Notification.permission : 'default';
  const told = asked && asked !== 'offline' ? asked : null;
  const on = pushState.value === 'on';
  const day = told?.confirmed_on
    ? dayWords(told.confirmed_on)
    : confirmedAt.value && nearDay(confirmedAt.value, zone());
  const mail = told?.email;
  return (
    <dl class="facts">
      <Fact icon={<PhoneIcon size="s" />} name={own.name} value={installed.value ? own.icon : own.tab} />
      <Fact icon={<TickIcon size="s" />} name={allowed.name} value={allowed[permission]} />
      <Fact
        icon={on ? <BellIcon size="s" /> : <NoSignalIcon size="s" />}
        name={reached.name}
        value={on && told?.subscribed !== false ? reached.yes : reached.no}
      />
      <Fact icon={<ClockIcon size="s" />} name={facts.confirmed} value={day || facts.never} />
      {mail && (
        <Fact
          icon={<MailIcon size="s" />}
          name={facts.mail}
          value={mail.instead ? facts.mailNow : mail.on ? facts.mailOn(mail.silent_days) : facts.off}
        />
      )}
    </dl>
  );
}

function Fact({ icon, name, value }: { icon: preact.JSX.Element; name: string; value: string | undefined }) {
  return (
    <div class="fact">
      {icon}
      <dt>
        <b>{name}</b>
      </dt>
      <dd class="small">{value}</dd>
    </div>
  );
}

/** A real push, and within half a minute what became of it. */
function TestGrip({ onDone }: { onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<string>(words.testSub);
  const test = async () => {
    setBusy(true);
    setTold(words.testing);
    const outcome = await runTest();
    if (outcome === 'gone') await mend().catch(() => {});
    setTold(words.outcome[outcome]);
    say(words.outcome[outcome]);
    setBusy(false);
    onDone();
  };
  return (
    <Grip main sub={told} onPress={() => !busy && void test()}>
      {words.test}
    </Grip>
  );
}

const LOOK_AGAIN: PushState[] = ['blocked', 'unsupported', 'unknown', 'switched-off'];

/** The one step that helps in this state. */
function WayOn({ onLook }: { onLook: () => void }) {
  const state = pushState.value;
  if (state === 'install-first') {
    return (
      <Grip main href="/install">
        {words.install}
      </Grip>
    );
  }
  if (LOOK_AGAIN.includes(state)) {
    const again = () => void look().then(onLook, onLook);
    return (
      <Grip main onPress={again}>
        {words.look}
      </Grip>
    );
  }
  return (
    <Grip main href="/prompts">
      {words.turnOn}
    </Grip>
  );
}

/** It keeps its place while it is read, so that nothing moves under a thumb. */
const EmailWaits = ({ offline }: { offline: boolean }) => (
  <Grip icon={<MailIcon />} busy sub={offline ? words.mail.offline : words.mail.reading}>
    {words.mail.on}
  </Grip>
);

function EmailGrip({ email, onChange }: { email: PushEmail; onChange: (now: PushEmail) => void }) {
  const [failed, setFailed] = useState(false);
  const { mail } = words;
  const change = async () => {
    try {
      const now = await setEmail(!email.on);
      setFailed(false);
      onChange(now);
      say(now.on ? mail.turnedOn : mail.turnedOff);
    } catch {
      setFailed(true);
      say(mail.failed);
    }
  };
  const sub = email.on ? mail.offSub : mail.onSub(email.silent_days);
  return (
    <Grip icon={<MailIcon />} sub={failed ? mail.failed : sub} onPress={() => void change()}>
      {email.on ? mail.off : mail.on}
    </Grip>
  );
}

function OffGrip() {
  const off = async () => {
    await disable();
    say(words.turnedOff);
  };
  return (
    <Grip sub={words.offSub} onPress={() => void off()}>
      {words.off}
    </Grip>
  );
}

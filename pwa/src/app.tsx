import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Role } from './contract';
import { Grip } from './parts/grip';
import { Lazy } from './parts/lazy';
import { Live } from './parts/live';
import { appleTab } from './parts/platform';
import { followLinks, go, match, path } from './parts/route';
import { pushState } from './push';
import { later } from './screens/later';
import { Notices } from './screens/notices';
import { Closing } from './screens/resident/closing';
import { EntryPage } from './screens/resident/entry';
import { Group } from './screens/resident/group';
import { Help } from './screens/resident/help';
import { Journal } from './screens/resident/journal';
import { PhonePage } from './screens/resident/phone';
import { PlainPage } from './screens/resident/plain-page';
import { ByHand, PromptPage } from './screens/resident/prompt';
import { Today } from './screens/resident/today';
import { SignIn } from './screens/sign-in';
import { keys, session, wipedWhy } from './session';
import { me } from './store';
import { words } from './words';

/** Parts that neither Today nor a check-in needs. */
const PromptsPage = later(() => import('./screens/resident/prompts').then((part) => part.PromptsPage));
const PushHealthPage = later(() => import('./screens/resident/push-health').then((part) => part.PushHealthPage));
const RhythmPage = later(() => import('./screens/resident/rhythm').then((part) => part.RhythmPage));
const Install = later(() => import('./screens/resident/install').then((part) => part.Install));

type Params = Record<string, string>;
type Draw = (params: Params) => preact.JSX.Element;

/** Every page of a resident. The first pattern that fits is drawn. */
const PAGES: [string, Draw][] = [
  ['/', () => <Today />],
  ['/c/:id', ({ id = '' }) => <PromptPage key={id} id={id} />],
  ['/check-in/:protocol', ({ protocol = '' }) => <ByHand protocol={protocol} />],
  ['/done/:id', ({ id = '' }) => <Closing key={id} id={id} />],
  ['/journal', () => <Journal />],
  ['/entry/:id', ({ id = '' }) => <EntryPage id={id} />],
  ['/rhythm', () => <RhythmPage />],
  ['/prompts', () => <PromptsPage />],
  ['/prompts/health', () => <PushHealthPage />],
  ['/install', () => <Install />],
  ['/coach', () => <Group />],
  ['/phone', () => <PhonePage />],
];

/** Pages that read or write the journal; they wait until this phone has the journal's key. */
const UNSEALED = ['/', '/c/:id', '/check-in/:protocol', '/done/:id', '/journal', '/entry/:id'];

const HOME: Record<Role, string> = { resident: '/', coach: '/releases', coordinator: '/people' };

/** The desks are fetched only by those who sit at them. */
const DESKS: Record<Exclude<Role, 'resident'>, () => Promise<ComponentType<{ path: string }>>> = {
  coach: () => import('./screens/coach').then((desk) => desk.default),
  coordinator: () => import('./screens/coordinator').then((desk) => desk.default),
};

/** Pages of a resident that few open often: fetched when opened, kept by the worker all the same. */
const LAZY: [string, () => Promise<ComponentType<Params>>][] = [
  ['/phone/words', () => import('./screens/resident/recovery').then((page) => page.Recovery)],
  ['/phones/add', () => import('./screens/resident/lend').then((page) => page.Lend)],
  ['/phones/ask', () => import('./screens/resident/ask-phone').then((page) => page.AskPhone)],
  ['/phone/passkey', () => import('./screens/resident/passkey').then((page) => page.PasskeyPage)],
  ['/phones', () => import('./screens/resident/phones').then((page) => page.Phones)],
  ['/erase', () => import('./screens/resident/erase').then((page) => page.Erase)],
  ['/your-data', () => import('./screens/resident/your-data').then((page) => page.YourData)],
];

/** Met once in the life of a phone, so it is no part of the first load. */
const SECOND_DEVICE = () => import('./screens/resident/second-device').then((page) => page.SecondDevice);
const NOTHING = {};

export function App() {
  useEffect(followLinks, []);
  useFocusOnArrival();
  return (
    <div class="app">
      <Notices />
      <Page />
      <Live />
    </div>
  );
}

function Page() {
  const at = path.value;
  const role = me.value?.role;
  if (session.value === 'starting') return <div class="phone opening" aria-busy="true" />;
  if (at === '/help' && role !== 'coach' && role !== 'coordinator') return <Help />;
  if (at === '/sign-in' && role && session.value === 'signed-in') return <Inside home={HOME[role]} />;
  if (session.value === 'wiped' && at !== '/sign-in') return <WipedPage />;
  if (at === '/sign-in' || !role) return <Door />;
  if (role !== 'resident') return <Desk role={role} at={at} />;
  if (keys.value === 'locked' && UNSEALED.some((pattern) => match(pattern, at))) {
    return <Part load={SECOND_DEVICE} with={NOTHING} />;
  }
  for (const [pattern, draw] of PAGES) {
    const params = match(pattern, at);
    if (params) return draw(params);
  }
  for (const [pattern, load] of LAZY) {
    const params = match(pattern, at);
    if (params) return <Part key={pattern} load={load} with={params} />;
  }
  return <PlainPage title={words.unknown.title} say={words.unknown.say} />;
}

/** This phone was removed, or the account erased: said to whoever holds it, and nothing else. */
function WipedPage() {
  const said = words.wiped[wipedWhy.value ?? 'removed'];
  return (
    <PlainPage title={said.title} say={said.say}>
      <Grip main href="/sign-in">
        {words.wiped.go}
      </Grip>
    </PlainPage>
  );
}

/** Somebody who is in already does not meet the door again. */
function Inside({ home }: { home: string }) {
  useEffect(() => {
    // Signing in has a way of its own to go on; this is for an old link.
    if (path.peek() === '/sign-in') go(home, { replace: true });
  }, [home]);
  return <div class="phone opening" aria-busy="true" />;
}

/** Sign-in; on an iPhone's browser tab the way to install comes first, and can be passed over. */
function Door() {
  const [here, setHere] = useState(false);
  const arrive = () => {
    const who = me.value?.role ?? 'resident';
    const asks = who === 'resident' && (pushState.value === 'off' || pushState.value === 'unknown');
    go(asks ? '/prompts' : wanted(who), { replace: true });
  };
  if (appleTab() && !here) return <Install onSkip={() => setHere(true)} />;
  return <SignIn onIn={arrive} />;
}

/** Where a person was going when the door came between, or home. */
const wanted = (role: Role) => (path.value === '/sign-in' || role !== 'resident' ? HOME[role] : path.value);

function Desk({ role, at }: { role: 'coach' | 'coordinator'; at: string }) {
  useEffect(() => {
    if (at === '/') go(HOME[role], { replace: true });
  }, [role, at]);
  return <Part key={role} load={DESKS[role]} with={{ path: at }} />;
}

/** A part of the app that is fetched only when somebody opens it. */
function Part<P extends object>({ load, with: props }: { load: () => Promise<ComponentType<P>>; with: P }) {
  const failed = <PlainPage title={words.broken.title} say={words.broken.say} />;
  return <Lazy load={load} with={props} waits={<div class="phone opening" aria-busy="true" />} failed={failed} />;
}

/** On every new page the heading takes the focus, so that a screen reader starts where the eye does. */
function useFocusOnArrival(): void {
  const at = path.value;
  useEffect(() => {
    const held = document.activeElement;
    if (held && held !== document.body && held.closest('main h1, dialog, #leave')) return;
    document.querySelector<HTMLElement>('h1[tabindex="-1"]')?.focus({ preventScroll: true });
  }, [at]);
}

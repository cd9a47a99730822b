import { useEffect, useState } from 'preact/hooks';
import { now } from '../../clock';
import type { Id } from '../../contract';
import { Grip } from '../../parts/grip';
import { syncNow } from '../../session';
import { library, prompts, protocolOf } from '../../store';
import { CheckIn } from './check-in';
import { PlainPage } from './plain-page';
import { words } from './words/check-in';

/** How long an unknown prompt is looked for before the page offers another way, in milliseconds. */
const LOOK_MS = 4000;

/** Where a notification leads. A late tap lands on a kind page, never on an error. */
export function PromptPage({ id }: { id: Id }) {
  const prompt = prompts.value.find((one) => one.id === id);
  const protocol = prompt && protocolOf(prompt.protocol);
  // Opened in time is in time: a check-in under way is not taken from the hand when its window closes.
  const [inTime] = useState(() => prompt === undefined || now() < Date.parse(prompt.until));
  if (!prompt || !protocol) return <Unknown />;
  if (prompt.state === 'answered') {
    return (
      <PlainPage title={words.answered.title} say={words.answered.say}>
        <Grip main href="/journal">
          {words.answered.journal}
        </Grip>
        <Grip center href="/">
          {words.passed.today}
        </Grip>
      </PlainPage>
    );
  }
  if (!inTime || prompt.state === 'passed') {
    return (
      <PlainPage title={words.passed.title} say={words.passed.say}>
        <Grip main href="/">
          {words.passed.today}
        </Grip>
        <Grip center href={`/check-in/${protocol.id}`}>
          {words.passed.anyway(protocol.name)}
        </Grip>
      </PlainPage>
    );
  }
  return <CheckIn protocol={protocol} promptId={prompt.id} />;
}

function Unknown() {
  const [looking, setLooking] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setLooking(false), LOOK_MS);
    void syncNow().finally(() => setLooking(false));
    return () => clearTimeout(timer);
  }, []);
  if (looking) {
    return <PlainPage title={words.looking.title} say={words.looking.say} />;
  }
  return (
    <PlainPage title={words.missing.title} say={words.missing.say}>
      {(library.value?.protocols ?? []).map((protocol) => (
        <Grip key={protocol.id} href={`/check-in/${protocol.id}`} sub={protocol.theme} onward>
          {protocol.name}
        </Grip>
      ))}
    </PlainPage>
  );
}

/** A check-in started by hand; it satisfies the next prompt of its kind. */
export function ByHand({ protocol: id }: { protocol: string }) {
  const protocol = protocolOf(id);
  if (!protocol) return <PlainPage title={words.unknown.title} say={words.unknown.say} />;
  return <CheckIn key={id} protocol={protocol} promptId={null} />;
}

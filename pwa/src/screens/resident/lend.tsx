import { useEffect, useState } from 'preact/hooks';
import { Offline } from '../../api';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { say } from '../../parts/live';
import { back } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { giveToPhone, whoAsks } from '../../session/handover';
import { SixWords } from './six-words';
import { words as page } from './words/handover';

const words = page.lend;
const EVERY_MS = 2_000;

type Asks = { publicKey: string; words: string[] };

/** The phone that has the journal: waits for the new one, shows its words, and hands the key over on a yes. */
export function Lend() {
  useTitle(words.top);
  const [asks, setAsks] = useState<Asks | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const [state, setState] = useState<'looking' | 'giving' | 'over'>('looking');
  useEffect(() => {
    if (state !== 'looking') return;
    const look = () =>
      whoAsks().then(
        (found) => setAsks((before) => (before?.publicKey === found?.publicKey ? before : found)),
        (error) => setTold(error instanceof Offline ? page.offline : page.failed),
      );
    void look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [state]);
  const end = (line: string) => {
    setTold(line);
    setState('over');
    say(line);
  };
  const give = async (to: Asks) => {
    setState('giving');
    await giveToPhone(to.publicKey).then(
      () => end(words.given),
      (error) => [setTold(error instanceof Offline ? page.offline : page.failed), setState('looking')],
    );
  };
  const open = state === 'over' ? null : asks;
  return (
    <Stairwell
      onRail={false}
      top={<span>{words.top}</span>}
      dado={
        <>
          <div class="grips">
            {open && (
              <>
                <Grip main onPress={() => state === 'looking' && void give(open)}>
                  {state === 'giving' ? words.giving : words.yes}
                </Grip>
                <Grip center onPress={() => end(words.different)}>
                  {words.no}
                </Grip>
              </>
            )}
            {state === 'over' && (
              <Grip main onPress={() => back('/phones')}>
                {words.done}
              </Grip>
            )}
          </div>
          <Foot back={() => back('/phones')} />
        </>
      }
    >
      <h1 class="stem smaller" tabIndex={-1}>
        {open ? words.found : words.title}
      </h1>
      {state !== 'over' && <p class="lede">{open ? words.foundSay : words.say}</p>}
      {open && <SixWords label={words.found} words={open.words} />}
      {!open && state === 'looking' && <p role="status">{words.waiting}</p>}
      {told && (
        <p class="lede" role="status">
          {told}
        </p>
      )}
    </Stairwell>
  );
}

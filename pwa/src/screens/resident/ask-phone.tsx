import { useEffect, useState } from 'preact/hooks';
import { Offline, Refusal } from '../../api';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { go } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { type Asking, askOtherPhone, takeFromOtherPhone } from '../../session/handover';
import { SixWords } from './six-words';
import { words as page } from './words/handover';

const words = page.ask;
const EVERY_MS = 2_000;

/** The new phone: shows six words and waits till the other one hands the journal's key over. */
export function AskPhone() {
  useTitle(words.title);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const begin = () => {
    setTold(null);
    setAsking(null);
    void askOtherPhone().then(setAsking, (error) => setTold(error instanceof Offline ? page.offline : page.failed));
  };
  useEffect(begin, []);
  useEffect(() => {
    if (!asking) return;
    let timer: ReturnType<typeof setTimeout>;
    const look = () =>
      takeFromOtherPhone(asking).then(
        (came) => (came ? go('/', { replace: true }) : again()),
        (error) => (error instanceof Refusal && error.code === 'not_found' ? setTold(words.over) : again()),
      );
    const again = () => {
      timer = setTimeout(look, EVERY_MS);
    };
    again();
    return () => clearTimeout(timer);
  }, [asking]);
  return (
    <Stairwell
      onRail={false}
      top={<span>{words.top}</span>}
      dado={
        <>
          <div class="grips">
            {told ? (
              <Grip main onPress={begin}>
                {words.again}
              </Grip>
            ) : (
              <p class="small after-note" role="status">
                {asking ? words.waiting : words.making}
              </p>
            )}
            <Grip center href="/">
              {words.byWords}
            </Grip>
          </div>
          <Foot />
        </>
      }
    >
      <h1 class="stem smaller" tabIndex={-1}>
        {words.title}
      </h1>
      <p class="lede">{words.say}</p>
      {asking && !told && <SixWords label={words.words} words={asking.words} />}
      <p class="wrong" role="alert">
        {told}
      </p>
    </Stairwell>
  );
}

import { useEffect, useState } from 'preact/hooks';
import { Offline } from '../../api';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { say } from '../../parts/live';
import { back } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { NoPasskey } from '../../seal/passkey';
import { recoveryMade } from '../../session';
import { hasPasskey, keepPasskey } from '../../session/passkey';
import { words } from './words/passkey';

export function whyNot(error: unknown): string {
  if (error instanceof NoPasskey) return words.wrong[error.why];
  return error instanceof Offline ? words.wrong.offline : words.wrong.failed;
}

/** The second wrap of the journal's key. It is offered only when the twelve words are made. */
export function PasskeyPage() {
  useTitle(words.title);
  const [has, setHas] = useState(false);
  const [made, setMade] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => void hasPasskey().then(setHas, () => {}), []);
  const make = async () => {
    setBusy(true);
    setWrong(null);
    try {
      await keepPasskey();
      setMade(true);
      say(words.made);
    } catch (error) {
      setWrong(whyNot(error));
    }
    setBusy(false);
  };
  const may = recoveryMade.value;
  return (
    <Stairwell
      onRail={false}
      top={<span>{words.top}</span>}
      dado={
        <>
          <div class="grips">
            {made && (
              <Grip main onPress={() => back('/phone')}>
                {words.done}
              </Grip>
            )}
            {!made && may && (
              <Grip main onPress={() => !busy && void make()}>
                {busy ? words.making : words.make}
              </Grip>
            )}
            {!may && (
              <Grip main href="/phone/words">
                {words.goWords}
              </Grip>
            )}
          </div>
          <Foot back={() => back('/phone')} />
        </>
      }
    >
      <h1 class="stem smaller" tabIndex={-1}>
        {words.title}
      </h1>
      <p class="lede">{made ? words.made : words.say}</p>
      {!may && <p class="warn">{words.wordsFirst}</p>}
      {has && !made && <p class="small">{words.has}</p>}
      <p class="wrong" role="alert">
        {wrong}
      </p>
    </Stairwell>
  );
}

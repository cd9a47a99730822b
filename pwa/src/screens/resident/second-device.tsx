import { useState } from 'preact/hooks';
import { Offline } from '../../api';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { Sheet } from '../../parts/sheet';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { enterWords, startAnew } from '../../session';
import { WordField, wordsIn } from './word-field';
import { words as page } from './words/phone';

const words = page.second;

const told = (error: unknown) => (error instanceof Offline ? words.offline : words.failed);

/** The account has a key this phone does not: type the twelve words, or start without what came before. */
export function SecondDevice() {
  useTitle(words.title);
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const run = async (work: () => Promise<string | null>) => {
    setBusy(true);
    setWrong(await work().catch(told));
    setBusy(false);
  };
  const open = () => run(async () => ((await enterWords(wordsIn(typed))) ? null : words.wrong));
  const byPasskey = () =>
    run(async () => {
      const [{ enterByPasskey }, { whyNot }] = await Promise.all([
        import('../../session/passkey'),
        import('./passkey'),
      ]);
      return enterByPasskey().then((fits) => (fits ? null : words.noPasskey), whyNot);
    });
  const anew = () => {
    setAsking(false);
    return run(() => startAnew().then(() => null));
  };
  return (
    <Stairwell
      onRail={false}
      top={<span>{words.top}</span>}
      dado={
        <>
          <div class="grips">
            <Grip main onPress={() => !busy && void open()}>
              {busy ? words.opening : words.open}
            </Grip>
            <div class="pair">
              <Grip center href="/phones/ask">
                {words.ask}
              </Grip>
              <Grip center onPress={() => !busy && void byPasskey()}>
                {words.passkey}
              </Grip>
            </div>
            <Grip center sub={words.withoutSay} onPress={() => setAsking(true)}>
              {words.without}
            </Grip>
          </div>
          <Foot />
        </>
      }
    >
      <h1 class="stem" tabIndex={-1}>
        {words.title}
      </h1>
      <p class="lede">{words.say}</p>
      <WordField label={words.field} value={typed} wrong={wrong} onInput={(text) => [setTyped(text), setWrong(null)]} />
      <p class="small">{words.noWraps}</p>
      {asking && (
        <Sheet
          title={words.sure.title}
          onClose={() => setAsking(false)}
          dado={
            <>
              <div class="grips">
                <Grip main onPress={() => setAsking(false)}>
                  {words.sure.no}
                </Grip>
                <Grip center onPress={() => void anew()}>
                  {words.sure.yes}
                </Grip>
              </div>
              <Foot />
            </>
          }
        >
          <p class="sheet-line">{words.sure.say}</p>
        </Sheet>
      )}
    </Stairwell>
  );
}

import { useEffect, useState } from 'preact/hooks';
import { Offline } from '../../api';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { say } from '../../parts/live';
import { go } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { keepWords, makeWords } from '../../session';
import { WordField, wordsIn } from './word-field';
import { words as page } from './words/phone';

const words = page.recovery;

/** Twelve words, shown once and typed back, so that they are on paper before anything depends on them. */
export function Recovery() {
  useTitle(words.title);
  const [made, setMade] = useState<string[] | null>(null);
  const [typing, setTyping] = useState(false);
  useEffect(() => void makeWords().then(setMade), []);
  const leave = () => go('/phone', { replace: true });
  if (!made) return <Stairwell top={<span>{words.top}</span>}>{<p class="lede rests">{words.making}</p>}</Stairwell>;
  return typing ? (
    <TypeBack made={made} onShow={() => setTyping(false)} leave={leave} />
  ) : (
    <Shown made={made} onWrote={() => setTyping(true)} leave={leave} />
  );
}

function Shown({ made, onWrote, leave }: { made: string[]; onWrote: () => void; leave: () => void }) {
  return (
    <Stairwell
      onRail={false}
      top={<span>{words.top}</span>}
      dado={
        <>
          <Grip main onPress={onWrote}>
            {words.wrote}
          </Grip>
          <Foot back={leave} />
        </>
      }
    >
      <h1 class="stem" tabIndex={-1}>
        {words.title}
      </h1>
      <p class="lede">{words.shown}</p>
      <ol class="word-list" translate={false}>
        {made.map((word) => (
          <li key={word}>{word}</li>
        ))}
      </ol>
    </Stairwell>
  );
}

function TypeBack({ made, onShow, leave }: { made: string[]; onShow: () => void; leave: () => void }) {
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const check = async () => {
    if (wordsIn(typed).join(' ') !== made.join(' ')) return setWrong(words.wrong);
    setBusy(true);
    try {
      await keepWords(made);
      say(words.kept);
      leave();
    } catch (error) {
      setWrong(error instanceof Offline ? page.keyOffline : page.second.failed);
      setBusy(false);
    }
  };
  return (
    <Stairwell
      onRail={false}
      top={<span>{words.top}</span>}
      dado={
        <>
          <div class="grips">
            <Grip main onPress={() => !busy && void check()}>
              {busy ? words.keeping : words.check}
            </Grip>
            <Grip center onPress={onShow}>
              {words.showAgain}
            </Grip>
          </div>
          <Foot back={leave} />
        </>
      }
    >
      <h1 class="stem" tabIndex={-1}>
        {words.back}
      </h1>
      <WordField label={words.field} value={typed} wrong={wrong} onInput={(text) => [setTyped(text), setWrong(null)]} />
    </Stairwell>
  );
}

import { useState } from 'preact/hooks';
import { handOver } from '../../parts/files';
import { LockIcon, OnwardIcon, UndoIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { needLook, waiting } from '../../store';
import type { Rescued } from '../../store/rescued';
import { words as page } from './words/your-data';

const words = page.rescue;
const rescue = () => import('../../journal/rescue');

/** What is not delivered, in a locked file of the person's own, and the way back from it. */
export function RescuePart() {
  const [told, setTold] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const count = waiting.value + needLook.value;
  const during = async (work: () => Promise<string>, failed: string) => {
    if (busy) return;
    setBusy(true);
    const line = await work().catch(async (error) => (error instanceof (await rescue()).NoKey ? words.noKey : failed));
    setTold(line);
    say(line);
    setBusy(false);
  };
  const make = () => during(keepRescueFile, words.failed);
  const back = (file: File) =>
    during(async () => {
      const { putBackRescue } = await rescue();
      const outcome = await putBackRescue(await file.text());
      if (outcome.state === 'done') return page.putBack.done(outcome.back, outcome.there);
      return page.putBack[outcome.state];
    }, page.putBack.failed);
  return (
    <>
      <h2 class="title section-title">{words.title}</h2>
      <p class="small">{words.about}</p>
      <div class="facts">
        {count > 0 && (
          <button type="button" class="fact press" onClick={() => void make()}>
            <LockIcon size="s" />
            <b>{words.make(count)}</b>
            <span class="small">{words.makeSub}</span>
            <span class="end">
              <OnwardIcon size="s" />
            </span>
          </button>
        )}
        <PutBack onFile={(file) => void back(file)} />
      </div>
      {busy && <p class="small">{words.reading}</p>}
      {told && !busy && <p class="small">{told}</p>}
      {count === 0 && !told && <p class="small">{words.none}</p>}
    </>
  );
}

/** Makes the file and hands it over; what to say of it. Throws NoKey. */
export async function keepRescueFile(unsaved: Rescued[] = []): Promise<string> {
  const { makeRescue } = await rescue();
  const file = await makeRescue(unsaved);
  await handOver(new Blob([file.text], { type: 'text/plain' }), file.name);
  return words.made(file.count);
}

function PutBack({ onFile }: { onFile: (file: File) => void }) {
  const [round, setRound] = useState(0);
  return (
    <label class="fact press">
      <UndoIcon size="s" />
      <b>{words.back}</b>
      <span class="small">{words.backSub}</span>
      <input
        // A fresh field each time, so that the same file can be chosen again.
        key={round}
        class="file-in"
        type="file"
        accept=".txt,text/plain"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) onFile(file);
          setRound(round + 1);
        }}
      />
    </label>
  );
}

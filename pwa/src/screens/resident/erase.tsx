import { useState } from 'preact/hooks';
import { Offline, Refusal } from '../../api';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { back } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { askForCode, eraseAccount } from '../../session';
import { me } from '../../store';
import { words } from './words/erase';

function told(error: unknown): string {
  if (error instanceof Offline) return words.wrong.offline;
  if (!(error instanceof Refusal)) return words.wrong.failed;
  if (error.code === 'code_wrong') return words.wrong.code;
  return error.status === 429 ? words.wrong.too_many : words.wrong.failed;
}

/** What goes and what stays, then a mailed code, then nothing is left. */
export function Erase() {
  useTitle(words.title);
  const [sent, setSent] = useState(false);
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const email = me.value?.email ?? '';
  const run = (work: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setWrong(null);
    work()
      .catch((error) => setWrong(told(error)))
      .finally(() => setBusy(false));
  };
  const ask = () => run(() => askForCode(email).then(() => setSent(true)));
  const erase = () => (code.length === 6 ? run(() => eraseAccount(code)) : setWrong(words.wrong.short));
  return (
    <Stairwell
      name="erase"
      fixed={words.title}
      onRail={false}
      top={<span>{words.title}</span>}
      dado={
        <>
          <div class="grips">
            <Grip main onPress={() => back('/your-data')}>
              {words.keep}
            </Grip>
            {sent ? (
              <Grip center onPress={erase}>
                {busy ? words.erasing : words.erase}
              </Grip>
            ) : (
              <Grip center sub={words.proof} onPress={ask}>
                {busy ? words.sending : words.send}
              </Grip>
            )}
          </div>
          <Foot back={() => back('/your-data')} />
        </>
      }
    >
      <h1 class="stem smaller" tabIndex={-1}>
        {words.title}
      </h1>
      {sent ? (
        <div class="form">
          <p class="lede" role="status">
            {words.sent(email)}
          </p>
          <label>
            {words.code}
            <input
              class="box code"
              type="text"
              inputMode="numeric"
              autocomplete="one-time-code"
              maxLength={12}
              aria-invalid={wrong !== null}
              value={code}
              onInput={(event) => setCode(event.currentTarget.value.replace(/\D/g, '').slice(0, 6))}
            />
          </label>
        </div>
      ) : (
        <WhatGoes />
      )}
      <p class="wrong" role="alert">
        {wrong}
      </p>
    </Stairwell>
  );
}

function WhatGoes() {
  return (
    <>
      <h2 class="title section-title">{words.goes}</h2>
      <Lines of={words.goesList} />
      <h2 class="title section-title">{words.stays}</h2>
      <Lines of={words.staysList} />
      <p class="small">{words.others}</p>
      <p>
        <a href="/your-data">{words.first}</a>
      </p>
    </>
  );
}

const Lines = ({ of }: { of: string[] }) => (
  <ul class="plain-list">
    {of.map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
);

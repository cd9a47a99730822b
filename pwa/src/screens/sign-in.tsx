import { useEffect, useRef, useState } from 'preact/hooks';
import { Offline, Refusal } from '../api';
import { Brand } from '../parts/brand';
import { BuoyIcon, QueryIcon } from '../parts/icons';
import { say } from '../parts/live';
import { useTitle } from '../parts/title';
import { askForCode, signIn } from '../session';
import { words } from './sign-in-words';
import { StairArt } from './stair-art';

/** Whatever went wrong at the door, in words a tired person can act on. */
function told(error: unknown): string {
  if (error instanceof Offline) return words.wrong.offline;
  if (!(error instanceof Refusal)) return words.wrong.failed;
  if (error.code === 'code_wrong') return words.wrong.code_wrong;
  if (error.status === 429) return words.wrong.too_many(words.wrong.wait(error.retryAfter));
  return words.wrong.failed;
}

/** One door for everybody: an e-mail address, then the code that was sent to it. `onIn` gets the role that came in. */
export function SignIn({ onIn }: { onIn: () => void }) {
  useTitle(words.title);
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState(false);
  return (
    <div class="sign">
      <header class="art">
        <div class="stairs">
          <StairArt />
        </div>
        <div class="word">
          <Brand />
          <p>
            {words.line[0]} <br />
            {words.line[1]}
          </p>
        </div>
      </header>
      <main class="door">
        <h1 tabIndex={-1}>{words.title}</h1>
        {sent ? (
          <CodeForm email={email} onBack={() => setSent(false)} onIn={onIn} />
        ) : (
          <EmailForm email={email} onEmail={setEmail} onSent={() => setSent(true)} />
        )}
        <p class="small about">{words.about}</p>
        <a class="btn bare" href="/help">
          <BuoyIcon size="s" />
          {words.help}
        </a>
      </main>
    </div>
  );
}

/** Runs one try at a time; keeps what went wrong for the form to show. */
function useTry(): {
  busy: boolean;
  wrong: string | null;
  setWrong: (wrong: string | null) => void;
  attempt: (work: () => Promise<void>) => void;
} {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const attempt = (work: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setWrong(null);
    work()
      .catch((error) => setWrong(told(error)))
      .finally(() => setBusy(false));
  };
  return { busy, wrong, setWrong, attempt };
}

function Wrong({ id, wrong }: { id: string; wrong: string | null }) {
  return (
    <p class="wrong" id={id} role="alert">
      {wrong && (
        <>
          <QueryIcon size="s" />
          {wrong}
        </>
      )}
    </p>
  );
}

function EmailForm({
  email,
  onEmail,
  onSent,
}: {
  email: string;
  onEmail: (email: string) => void;
  onSent: () => void;
}) {
  const { busy, wrong, setWrong, attempt } = useTry();
  const submit = (event: Event) => {
    event.preventDefault();
    const address = email.trim();
    if (!/^\S+@\S+\.\S+$/.test(address)) return setWrong(words.wrong.email);
    onEmail(address);
    attempt(async () => {
      await askForCode(address);
      onSent();
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <label for="email">{words.email}</label>
      <input
        class="box"
        id="email"
        name="email"
        type="email"
        inputMode="email"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={wrong !== null}
        aria-describedby="email-wrong"
        value={email}
        onInput={(event) => onEmail(event.currentTarget.value)}
      />
      <Wrong id="email-wrong" wrong={wrong} />
      <button class="btn main big" type="submit">
        {busy ? words.sending : words.send}
      </button>
    </form>
  );
}

function CodeForm({ email, onBack, onIn }: { email: string; onBack: () => void; onIn: () => void }) {
  const [code, setCode] = useState('');
  const { busy, wrong, setWrong, attempt } = useTry();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const enter = (digits: string) =>
    attempt(async () => {
      await signIn(email, digits).catch((error) => {
        setCode('');
        field.current?.focus();
        throw error;
      });
      onIn();
    });
  const submit = (event: Event) => {
    event.preventDefault();
    if (code.length === 6) enter(code);
    else setWrong(words.wrong.short);
  };
  const again = () =>
    attempt(async () => {
      await askForCode(email);
      say(words.resent);
    });
  return (
    <form onSubmit={submit} noValidate>
      <p class="lede" role="status">
        {words.sentTo(email)}
      </p>
      <label for="code">{words.code}</label>
      <input
        class="box code"
        id="code"
        name="code"
        ref={field}
        type="text"
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={12}
        aria-invalid={wrong !== null}
        aria-describedby="code-wrong"
        value={code}
        onInput={(event) => setCode(event.currentTarget.value.replace(/\D/g, '').slice(0, 6))}
      />
      <Wrong id="code-wrong" wrong={wrong} />
      <button class="btn main big" type="submit">
        {busy ? words.entering : words.enter}
      </button>
      <div class="after">
        <button type="button" class="btn bare" onClick={again}>
          {words.another}
        </button>
        <button type="button" class="btn bare" onClick={onBack}>
          {words.otherEmail}
        </button>
      </div>
    </form>
  );
}

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { TickIcon } from '../../parts/icons';
import { NoIcon } from '../desk/icons';
import type { FieldErrors, Refused, Sending } from './sending';

/** What cannot be, and why. Fields that the form does not have are named here, so no reason is swallowed. */
function Refusal({ refused, known }: { refused: Refused; known: string[] }) {
  const elsewhere = Object.entries(refused.fields).filter(([name]) => !known.includes(name));
  return (
    <div class="stop">
      <NoIcon />
      <div>
        <b>{refused.title}</b>
        {refused.detail && <p>{refused.detail}</p>}
        {elsewhere.map(([name, said]) => (
          <p key={name}>
            {name}: {said}
          </p>
        ))}
      </div>
    </div>
  );
}

interface PanelProps<T> {
  id: string;
  title: string;
  sending: Sending<T>;
  /** The names of the fields in `children`, as the server calls them. */
  known: string[];
  /** What is missing before anything is sent; empty when all is there. */
  missing: () => FieldErrors;
  onDone: (made: T) => void;
  said: (made: T) => string;
  action: string;
  busyAction: string;
  tail: string;
  children: ComponentChildren;
}

/** The paper on the right: one form, its one main action at the foot, and what came of it. */
export function Panel<T>(props: PanelProps<T>) {
  const { id, title, sending, known, missing, onDone, said, action, busyAction, tail, children } = props;
  const form = useRef<HTMLFormElement>(null);
  const { refused } = sending;
  useEffect(() => {
    // The hand goes where the trouble is: to the first field that is marked.
    if (refused) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refused]);
  const submit = async (event: Event) => {
    event.preventDefault();
    const lacks = missing();
    if (Object.keys(lacks).length) return sending.refuse(lacks);
    const made = await sending.send();
    if (made !== null) onDone(made);
  };
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id} class="title">
        {title}
      </h2>
      <form ref={form} noValidate onSubmit={submit}>
        {children}
        <div class="end">
          <div role="alert">{refused && <Refusal refused={refused} known={known} />}</div>
          <div role="status">
            {sending.done !== null && (
              <p class="told">
                <TickIcon size="s" />
                <span>{said(sending.done)}</span>
              </p>
            )}
          </div>
          <button type="submit" class="btn main" aria-disabled={sending.busy}>
            {sending.busy ? busyAction : action}
          </button>
          <p class="small">{tail}</p>
        </div>
      </form>
    </section>
  );
}

import { useState } from 'preact/hooks';
import { Refusal } from '../../api';
import { troubleOf } from '../desk/polled';
import { words } from './words';

/** Field name to the sentence that says what is wrong with it. */
export type FieldErrors = Record<string, string>;

/** Sentences may come alone or in a list, and the fields may lie one level down, under the place they were sent in. */
export function fieldErrorsOf(errors: unknown): FieldErrors {
  const found: FieldErrors = {};
  for (const [name, said] of Object.entries((errors ?? {}) as Record<string, unknown>)) {
    if (typeof said === 'string') found[name] = said;
    else if (Array.isArray(said)) found[name] = said.join(' ');
    else Object.assign(found, fieldErrorsOf(said));
  }
  return found;
}

export interface Refused {
  title: string;
  detail: string;
  fields: FieldErrors;
}

/** Turns whatever went wrong into words, and into the fields the words belong to. */
export function refusedBecause(error: unknown): Refused {
  if (!(error instanceof Refusal)) {
    return { title: words.refused, detail: troubleOf(error) === 'offline' ? words.offline : words.failed, fields: {} };
  }
  if (error.code === 'person_exists') {
    return { title: words.already, detail: words.alreadyTail, fields: { email: words.already } };
  }
  const fields = fieldErrorsOf(error.members.errors);
  if (Object.keys(fields).length) return { title: words.checkFields, detail: '', fields };
  return { title: words.refused, detail: error.detail, fields: {} };
}

export interface Sending<T> {
  busy: boolean;
  refused: Refused | null;
  done: T | null;
  /** Refuses on the page, before anything is sent. */
  refuse: (fields: FieldErrors) => void;
  send: () => Promise<T | null>;
}

/** One form being sent: at rest, on its way, refused with reasons, or done. */
export function useSending<T>(deliver: () => Promise<T>): Sending<T> {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [done, setDone] = useState<T | null>(null);
  const send = async () => {
    // A second press while the first is on its way would invite the same person twice.
    if (busy) return null;
    setBusy(true);
    setDone(null);
    setRefused(null);
    try {
      const made = await deliver();
      setDone(made);
      return made;
    } catch (error) {
      setRefused(refusedBecause(error));
      return null;
    } finally {
      setBusy(false);
    }
  };
  const refuse = (fields: FieldErrors) => {
    setDone(null);
    setRefused({ title: words.checkFields, detail: '', fields });
  };
  return { busy, refused, done, refuse, send };
}

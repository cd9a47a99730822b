import { useEffect, useRef, useState } from 'preact/hooks';
import { nowInstant } from '../../clock';
import type { Answer, Answers, Id, Item, Protocol } from '../../contract';
import { answersOnTheWay, nextItem, previousItem } from '../../journal/flow';
import {
  checkinOf,
  type Draft,
  draftKey,
  dropDraft,
  type Kept,
  keepCheckin,
  keepDraft,
  keepPromptOutcome,
} from '../../store';
import { newOpId } from '../../store/ids';
import { promptFor } from '../../store/prompts';
import type { Rescued } from '../../store/rescued';

/** How long a chosen ring is seen before the next question comes, in milliseconds. */
const SEEN_MS = 280;

export interface FlowStart {
  protocol: Protocol;
  promptId: Id | null;
  past: Answers[];
  draft: Draft | null;
  /** The saved check-in these answers replace, after Undo. */
  revises: { entity: Id; op: Id } | null;
}

export interface Flow {
  item: Item;
  answers: Answers;
  /** Why the check-in is not saved; null while nothing went wrong. */
  failed: Failure | null;
  /** Answers the item on screen; `on` goes to the next one, by itself or at once. */
  answer: (value: Answer, on: 'stay' | 'soon' | 'now') => void;
  skip: () => void;
  back: () => void;
  again: () => void;
  /** The check-in as it stands, for a rescue file. */
  unsaved: () => Promise<Rescued>;
}

/** `full`: no room on this phone. `outdated`: another window runs a newer version. */
export type Failure = 'full' | 'outdated' | 'other';

function failureOf(error: unknown): Failure {
  const name = error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError') return 'full';
  return name === 'VersionError' ? 'outdated' : 'other';
}

type Done = (kept: Kept | null) => void;

/** The check-in in progress. Every tap is in the draft before the next question is drawn. */
export function useFlow(
  { protocol, promptId, past, draft, revises }: FlowStart,
  done: Done,
  leave: () => void,
): Flow | null {
  const first = nextItem(protocol, {}, past)?.id ?? null;
  const [answers, setAnswers] = useState<Answers>(draft?.answers ?? {});
  const [at, setAt] = useState<string | null>(draft?.at ?? first);
  const [failed, setFailed] = useState<Failure | null>(null);
  // A save tried again, or a draft two windows went on with, is one entry.
  const ids = useRef({ entity: revises?.entity ?? draft?.entity ?? newOpId(), op: newOpId() });
  const skipped = useRef(new Set(draft?.skipped));
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const saving = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const item = protocol.items.find((one) => one.id === at);
  if (!item) return null;

  const key = draftKey(protocol.id, promptId);
  const remember = (next: Answers, place: string | null) => {
    if (revises) return;
    void keepDraft(key, {
      protocol: protocol.id,
      version: protocol.version,
      prompt_id: promptId,
      answers: next,
      skipped: [...skipped.current],
      at: place,
      entity: ids.current.entity,
    }).catch(() => {});
  };
  const finish = async (all: Answers) => {
    if (saving.current) return;
    saving.current = true;
    setFailed(null);
    try {
      done(await settle(all));
    } catch (error) {
      setFailed(failureOf(error));
    }
    saving.current = false;
  };
  const settle = async (all: Answers): Promise<Kept | null> => {
    const kept = answersOnTheWay(protocol, given(all), past);
    const draft = revises ? null : key;
    if (Object.keys(kept).length === 0) {
      await dropDraft(key);
      if (promptId && !revises) await keepPromptOutcome(promptId, 'declined');
      return null;
    }
    const prompt = revises ? null : (promptId ?? (await promptFor(protocol.id)));
    return keepCheckin({ ...made(kept, prompt), draft, revises, ids: ids.current });
  };
  const made = (kept: Answers, prompt: Id | null) => ({
    protocol: protocol.id,
    version: protocol.version,
    answers: kept,
    promptId: prompt,
  });
  const unsaved = async (): Promise<Rescued> => ({
    op_id: ids.current.op,
    entity_id: ids.current.entity,
    kind: revises ? 'revise' : 'create',
    base: revises?.op ?? null,
    occurred_at: nowInstant(),
    cargo: 'checkin',
    checkin: await checkinOf(made(answersOnTheWay(protocol, given(answers), past), promptId)),
    body: null,
  });
  const onward = (all: Answers) => {
    const next = nextItem(protocol, all, past, item.id);
    if (!next) return void finish(all);
    remember(all, next.id);
    setAt(next.id);
  };
  const put = (value: Answer | undefined): Answers => {
    const all = { ...answers };
    if (value === undefined) delete all[item.id];
    else all[item.id] = value;
    setAnswers(all);
    return all;
  };

  return {
    item,
    answers,
    failed,
    answer: (value, on) => {
      clearTimeout(timer.current);
      skipped.current.delete(item.id);
      const all = put(value);
      // The last tap is saved at once: the close is feedback enough. What goes on at once keeps its own draft.
      if (on === 'now' || (on === 'soon' && !nextItem(protocol, all, past, item.id))) return onward(all);
      remember(all, item.id);
      if (on === 'soon') timer.current = setTimeout(() => onward(all), SEEN_MS);
    },
    skip: () => {
      clearTimeout(timer.current);
      skipped.current.add(item.id);
      onward(put(undefined));
    },
    back: () => {
      clearTimeout(timer.current);
      const before = previousItem(protocol, answers, past, item.id);
      if (!before) return leave();
      remember(answers, before.id);
      setAt(before.id);
    },
    again: () => void finish(answers),
    unsaved,
  };
}

/** An emptied text or an emptied set of chips is no answer. */
function given(answers: Answers): Answers {
  return Object.fromEntries(
    Object.entries(answers).filter(([, value]) => typeof value === 'number' || value.length > 0),
  );
}

/** The way through a protocol: which item comes next, how far along we are. Pure: the screens hold the answers. */

import type { Answer, Answers, Cond, Item, Protocol } from '../contract';

const chosen = (answer: Answer | undefined): number[] =>
  typeof answer === 'number' ? [answer] : Array.isArray(answer) ? answer : [];

/** Whether a condition holds. `past`: own earlier answers to the same protocol, newest first. */
export function holds(cond: Cond | null, answers: Answers, past: readonly Answers[] = []): boolean {
  if (cond === null) return true;
  if ('in' in cond) return chosen(answers[cond.item]).some((value) => cond.in.includes(value));
  const { item, at_most, times, of } = cond.run;
  const run = [answers, ...past].flatMap((a) => chosen(a[item]).slice(0, 1)).slice(0, of);
  return item in answers && run.filter((value) => value <= at_most).length >= times;
}

/** The items on the way the answers lead, in order; items not reached yet count when their condition holds already. */
export const itemsOnTheWay = (protocol: Protocol, answers: Answers, past: readonly Answers[] = []): Item[] =>
  protocol.items.filter((item) => holds(item.show_if, answers, past));

/** The item after the one with id `after` (null: the first one); null when the check-in is complete. */
export function nextItem(
  protocol: Protocol,
  answers: Answers,
  past: readonly Answers[] = [],
  after: string | null = null,
): Item | null {
  const from = after === null ? 0 : protocol.items.findIndex((item) => item.id === after) + 1;
  return protocol.items.slice(from).find((item) => holds(item.show_if, answers, past)) ?? null;
}

/** The item before the one with id `before`, for Back; null at the first. */
export function previousItem(
  protocol: Protocol,
  answers: Answers,
  past: readonly Answers[] = [],
  before: string,
): Item | null {
  const to = protocol.items.findIndex((item) => item.id === before);
  return protocol.items.slice(0, to).findLast((item) => holds(item.show_if, answers, past)) ?? null;
}

/** "2 of 3"; an optional item is an extra: `extra` is true, it has no number and adds nothing to `of`. */
export interface Progress {
  n: number;
  of: number;
  extra: boolean;
}

export function progress(protocol: Protocol, answers: Answers, past: readonly Answers[], at: string): Progress {
  const counted = itemsOnTheWay(protocol, answers, past).filter((item) => !item.optional);
  const index = counted.findIndex((item) => item.id === at);
  const extra = index < 0;
  return { n: extra ? counted.length : index + 1, of: counted.length, extra };
}

/** Answers to items that are no longer on the way (after going Back) must not be saved. */
export function answersOnTheWay(protocol: Protocol, answers: Answers, past: readonly Answers[] = []): Answers {
  const kept: Answers = {};
  for (const item of protocol.items) {
    const answer = answers[item.id];
    if (answer !== undefined && holds(item.show_if, kept, past)) kept[item.id] = answer;
  }
  return kept;
}

/** Every single choice an item offers; what other items' conditions can depend on. */
const choices = (item: Item): number[] =>
  item.type === 'text' ? [] : item.type === 'slider' ? [...Array(11).keys()] : item.options.map((_, i) => i);

/** The most items a resident can meet, extras not counted; a run condition is taken as met. */
export function longestPath(protocol: Protocol): number {
  const walk = (index: number, answers: Answers): number => {
    const item = protocol.items[index];
    if (!item) return 0;
    const shown = item.show_if !== null && 'run' in item.show_if ? true : holds(item.show_if, answers);
    if (!shown) return walk(index + 1, answers);
    const decides = protocol.items.some(
      (other) => other.show_if && 'in' in other.show_if && other.show_if.item === item.id,
    );
    const branches = decides ? choices(item).map((value) => ({ ...answers, [item.id]: value })) : [answers];
    return (item.optional ? 0 : 1) + Math.max(...branches.map((branch) => walk(index + 1, branch)));
  };
  return walk(0, {});
}

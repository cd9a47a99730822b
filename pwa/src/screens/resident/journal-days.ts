import type { Answers, Audience, Item, Protocol } from '../../contract';
import { holds } from '../../journal/flow';
import { inWords } from '../../parts/gauge';
import type { Entry } from '../../store';

/** A month of the calendar; `month` counts from 1. */
export interface Month {
  year: number;
  month: number;
}

export const sameMonth = (entry: Entry, at: Month) =>
  entry.day.startsWith(`${at.year}-${String(at.month).padStart(2, '0')}-`);

export const monthOf = (day: string): Month => ({ year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)) });

export const dateOf = (day: string) => Number(day.slice(8, 10));

export function moved({ year, month }: Month, by: number): Month {
  const index = year * 12 + month - 1 + by;
  return { year: Math.floor(index / 12), month: (index % 12) + 1 };
}

/** The weeks of the strip: 1-7, 8-14, 15-21, and the rest. */
export function weeksOf({ year, month }: Month): { from: number; to: number }[] {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return [
    { from: 1, to: 7 },
    { from: 8, to: 14 },
    { from: 15, to: 21 },
    { from: 22, to: last },
  ];
}

/** "Thu" of a calendar day. */
export const shortWeekday = (day: string) =>
  new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`));

/** "Thursday 19 November" of a calendar day. */
export function longDate(day: string): string {
  const format = (want: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...want, timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`));
  return `${format({ weekday: 'long' })} ${format({ day: 'numeric', month: 'long' })}`;
}

/** One answer in the words it was given in; null for a skipped item. */
export function inAnswerWords(item: Item, answers: Answers): string | null {
  const answer = answers[item.id];
  if (answer === undefined) return null;
  if (typeof answer === 'string') return answer;
  if (Array.isArray(answer)) return answer.map((index) => item.options[index] ?? '').join(', ');
  if (item.type !== 'slider') return item.options[answer] ?? '';
  return inWords(answer, item.min ?? 0, item.max ?? 10, [item.options[0] ?? '', item.options.at(-1) ?? '']);
}

/** "A lot. A task I left, tomorrow." without the person's own words, which are set apart. */
export function summary(protocol: Protocol, answers: Answers): string {
  const said = protocol.items
    .filter((item) => item.type !== 'text')
    .map((item) => inAnswerWords(item, answers))
    .filter((one): one is string => one !== null);
  return said.map((one) => `${sentence(one)}.`).join(' ');
}

/** The chips after the first begin small: they are one sentence. */
const sentence = (words: string) => {
  const [first = '', ...rest] = words.split(', ');
  return [first, ...rest.map((one) => (/^I\b/.test(one) ? one : one.charAt(0).toLowerCase() + one.slice(1)))].join(
    ', ',
  );
};

/** The person's own words in an entry; null when there are none. */
export function ownWords(protocol: Protocol | null, answers: Answers): string | null {
  const texts = (protocol?.items ?? []).filter((item) => item.type === 'text').map((item) => answers[item.id]);
  return texts.find((text): text is string => typeof text === 'string' && text !== '') ?? null;
}

/** An entry as plain text, to be pasted elsewhere. */
export const asText = (protocol: Protocol, answers: Answers): string =>
  [
    protocol.name,
    ...protocol.items
      .filter((item) => answers[item.id] !== undefined)
      .map((item) => `${item.text}\n${inAnswerWords(item, answers)}`),
  ].join('\n\n');

/** Who can see the parts of an entry that were answered. */
export const audiencesOf = (protocol: Protocol, answers: Answers): Audience[] =>
  protocol.items.filter((item) => answers[item.id] !== undefined).map((item) => item.audience);

/** The items to show of an entry: answered ones, and ones skipped on its way. */
export const shownItems = (protocol: Protocol, answers: Answers): Item[] =>
  protocol.items.filter(
    (item) => answers[item.id] !== undefined || (!item.optional && simple(item) && holds(item.show_if, answers)),
  );

/** A question that hangs on earlier entries cannot be called skipped from this entry alone. */
const simple = (item: Item) => item.show_if === null || 'in' in item.show_if;

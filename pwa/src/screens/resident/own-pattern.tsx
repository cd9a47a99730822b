import { now } from '../../clock';
import type { Answer, Protocol } from '../../contract';
import { inWords } from '../../parts/gauge';
import { type Dot, OwnChart, sentenceFor } from '../../parts/own-chart';
import { entries, me } from '../../store';
import { closing } from './words/check-in';

const WEEKS_MS = 6 * 7 * 86_400_000;

export interface Answered {
  id: string;
  occurredAt: string;
  answer: Answer | undefined;
}

/** The resident's own answers to a protocol's main question over six weeks; null while there is none to draw. */
export function OwnPattern({ protocol, current }: { protocol: Protocol; current: Answered | null }) {
  const own = protocol.own;
  const item = protocol.items.find((one) => one.id === own?.item);
  if (!own || !item) return null;
  // Half a week after now keeps the last dot whole.
  const to = now() + WEEKS_MS / 12;
  const from = now() - WEEKS_MS;
  const before = entries.value
    .filter((entry) => entry.protocol === protocol.id && entry.id !== current?.id)
    .map((entry) => ({ id: entry.id, occurredAt: entry.occurredAt, answer: entry.answers[item.id] }));
  const all = current ? [...before, current] : before;
  const slider = item.type === 'slider';
  const least = item.min ?? 0;
  const most = slider ? (item.max ?? 10) : item.options.length - 1;
  const rows = slider ? 5 : item.options.length;
  const dots = all
    .filter((one): one is Answered & { answer: number } => typeof one.answer === 'number')
    .map(
      (one): Dot => ({
        at: Date.parse(one.occurredAt),
        level: ((one.answer - least) / (most - least)) * (rows - 1),
        now: one.id === current?.id,
      }),
    )
    .filter((dot) => dot.at >= from)
    .sort((a, b) => a.at - b.at);
  if (dots.length === 0) return null;
  const ends: [string, string] = [item.options[0] ?? '', item.options.at(-1) ?? ''];
  const levels = slider ? [ends[0], '', '', '', ends[1]] : item.options;
  const words = slider
    ? (level: number) => inWords(Math.round((level / (rows - 1)) * (most - least)) + least, least, most, ends)
    : (level: number) => item.options[Math.round(level)] ?? '';
  return (
    <OwnChart
      title={closing.weeks(own.title)}
      sentence={sentenceFor(dots, words)}
      dots={dots}
      levels={levels}
      from={from}
      to={to}
      zone={me.value?.zone ?? 'UTC'}
      inWords={words}
    />
  );
}

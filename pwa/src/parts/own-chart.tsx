import { useState } from 'preact/hooks';
import { formatter } from '../clock';
import { counted, partWords } from './words';

/** One own answer: when (milliseconds), and which of the levels, counted from 0 for the lowest. */
export interface Dot {
  at: number;
  level: number;
  now?: boolean;
}

interface OwnChartProps {
  title: string;
  sentence: string;
  dots: Dot[];
  /** The words of the levels, lowest first; an empty string is a line without a word. */
  levels: string[];
  /** First and last moment of the picture. */
  from: number;
  to: number;
  zone: string;
  /** The words of a level when its line has none. */
  inWords?: (level: number) => string;
}

const DAY_MS = 86_400_000;

/**
 * One dot for each answer, words on the axis; no line joins the dots and no colour judges them. A list says the same
 * for those who would rather read it.
 */
export function OwnChart({ title, sentence, dots, levels, from, to, zone, inWords }: OwnChartProps) {
  const day = (at: number) => formatter('en-GB', zone, { day: 'numeric', month: 'short' }).format(at);
  const x = (at: number) => Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));
  const y = (level: number) => (1 - level / Math.max(1, levels.length - 1)) * 100;
  const middle = from + (to - from) / 2;
  const words = (level: number) => inWords?.(level) ?? levels[Math.round(level)] ?? '';
  return (
    <figure class="own">
      <figcaption>
        <h2 class="title">{title}</h2>
        <p class="small">{sentence}</p>
      </figcaption>
      <div class="own-chart" aria-hidden="true" style={{ '--rows': levels.length }}>
        <div class="own-words">
          {[...levels].reverse().map((word, index) => (
            <span key={`${word}${index}`}>{word}</span>
          ))}
        </div>
        <div class="own-plot">
          {levels.map((word, index) => (
            <i key={`${word}${index}`} class="hair" style={{ '--y': `${y(index)}%` }} />
          ))}
          {dots.map((dot) => (
            <i
              key={dot.at}
              class={dot.now ? 'dot now' : 'dot'}
              style={{ '--x': `${x(dot.at)}%`, '--y': `${y(dot.level)}%` }}
            />
          ))}
        </div>
        <div class="own-days">
          <span style={{ '--x': '4%' }}>{day(from + DAY_MS)}</span>
          <span style={{ '--x': '50%' }}>{day(middle)}</span>
          <span class="now" style={{ '--x': `${x(dots.find((dot) => dot.now)?.at ?? to)}%` }}>
            {partWords.chart.now}
          </span>
        </div>
      </div>
      <OwnList rows={dots.map((dot) => [dot.at, dot.now ? partWords.chart.today : day(dot.at), words(dot.level)])} />
    </figure>
  );
}

/** The same in rows: [moment, day, answer]. They are made when they are asked for; after a save the picture is enough. */
function OwnList({ rows }: { rows: [number, string, string][] }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="own-list" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{partWords.chart.list}</summary>
      {open && (
        <table>
          <thead>
            <tr>
              <th scope="col">{partWords.chart.day}</th>
              <th scope="col">{partWords.chart.answer}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([at, day, answer]) => (
              <tr key={at}>
                <td>{day}</td>
                <td>{answer}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}

const WEEK_MS = 7 * DAY_MS;

/**
 * How much the dots allow to be said. Nothing is called a pattern before 20 answers over 7 weeks; after that only where
 * the middle half of them lies.
 */
export function sentenceFor(dots: Dot[], words: (level: number) => string): string {
  const first = dots[0];
  const last = dots.at(-1);
  if (!first || !last) return 'No answers yet.';
  if (dots.length === 1) return 'One answer: a first dot, nothing more.';
  if (dots.length < 20 || last.at - first.at < 7 * WEEK_MS) {
    return `${counted(dots.length)} answers: too few to call it a trend.`;
  }
  const sorted = dots.map((dot) => dot.level).sort((a, b) => a - b);
  const low = words(sorted[Math.floor(sorted.length / 4)] ?? 0);
  const high = words(sorted[Math.floor((sorted.length * 3) / 4)] ?? 0);
  return low === high
    ? `About half of them say ${low.toLowerCase()}.`
    : `About half of them lie between ${low.toLowerCase()} and ${high.toLowerCase()}.`;
}

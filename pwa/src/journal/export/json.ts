/** Everything, as one JSON file that explains itself. */

import { nowInstant } from '../../clock';
import type { Me } from '../../contract';
import { cached, setting } from '../../store/values';
import { eachEntry, isoIn, type OnProgress, promptOutcomes, rhythmIfThere } from './gather';

export const README = [
  'Everything Handrail keeps of yours that this phone can open, made on this phone. Nobody else had a part in it.',
  'entries: your check-ins, oldest first. occurred_at: when you saved it. day: the calendar day it counts in.',
  'entries[].answers: one for each question you answered; a question you skipped is absent. value: the place of the',
  '  option (from 0), places of several options, a number on the rod, or your own words. words: the same in words.',
  'entries[].answers[].seen_by: phone = only you; group, group_sensitive = also counted without a name in groups of 5 or',
  '  10; consent = one person, by your choice.',
  'entries[].earlier: what an edited entry said before, oldest first. wording_known: false when this phone no longer has',
  '  the wording of that version; the values are there all the same.',
  'entries[].place: waiting = on this phone only, delivered = the server has it sealed, set_aside = the server has it apart.',
  'withdrawn: ids of entries you took back; nothing of what they said is kept anywhere. unopened: ids of entries of',
  '  another phone that this one could not open.',
  'prompt_outcomes: what you did with prompts on this phone in the last 45 days. prompts: the prompts this phone knows.',
  'rhythm: your settings for prompts; null when there was no network. shares: what you shared with a coach.',
  'Times are ISO 8601 with the offset of your zone; days are YYYY-MM-DD.',
];

/** Throws what `signal` was aborted with. */
export async function exportJson(me: Me, onProgress: OnProgress, signal: AbortSignal): Promise<Blob> {
  const entries: string[] = [];
  const missing = await eachEntry(me.zone, (entry) => entries.push(pretty(entry, 2)), onProgress, signal);
  const { id, name, email, role, zone, groups } = me;
  const push = await setting('push');
  const head = {
    format: 'handrail-export',
    version: 1,
    readme: README,
    exported_at: isoIn(zone, nowInstant()),
    person: { id, name, email, role, zone, groups: groups.map((group) => group.name) },
    settings: {
      prompts_on_this_phone: push?.wanted ?? false,
      recovery_words: (await setting('recovery'))?.made ?? false,
    },
    rhythm: await rhythmIfThere(),
    prompts: (await cached('prompts')) ?? [],
    prompt_outcomes: await promptOutcomes(),
    shares: [],
    ...missing,
  };
  const list = entries.length > 0 ? `[\n${entries.join(',\n')}\n ]` : '[]';
  const text = [pretty(head, 0).slice(0, -2), `,\n "entries": `, list, '\n}\n'];
  return new Blob(text, { type: 'application/json' });
}

const pretty = (value: unknown, indent: number): string =>
  JSON.stringify(value, null, 1)
    .split('\n')
    .map((line) => ' '.repeat(indent) + line)
    .join('\n');

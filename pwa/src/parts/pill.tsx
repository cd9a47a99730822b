import type { ComponentChildren } from 'preact';
import { HourglassIcon, PhoneIcon, QueryIcon, TicksIcon } from './icons';
import { partWords } from './words';

/** What the journal says about where things are; `saved` is the moment right after a save. */
export interface Whereabouts {
  waiting: number;
  look: number;
  saved?: boolean;
}

export function stateWords({ waiting, look, saved }: Whereabouts): string {
  const words = partWords.state;
  if (look > 0) return words.look(look);
  if (saved && waiting > 0) return words.saved;
  return waiting > 0 ? words.waiting(waiting) : words.delivered;
}

/** Saved on this phone, N waiting, All delivered, 1 needs a look: opens the sheet that says more. */
export function StatePill({ where, onPress }: { where: Whereabouts; onPress: () => void }) {
  return (
    <button type="button" class="pill" aria-haspopup="dialog" onClick={onPress}>
      {glyph(where)}
      {stateWords(where)}
    </button>
  );
}

function glyph({ waiting, look, saved }: Whereabouts): ComponentChildren {
  if (look > 0) return <QueryIcon size="s" />;
  if (saved && waiting > 0) return <PhoneIcon size="s" />;
  return waiting > 0 ? <HourglassIcon size="s" /> : <TicksIcon size="s" />;
}

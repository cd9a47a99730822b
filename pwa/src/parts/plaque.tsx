import { useState } from 'preact/hooks';
import type { Audience } from '../contract';
import { Foot } from './foot';
import { Grip } from './grip';
import { LockIcon, OnwardIcon, PersonIcon } from './icons';
import { Dots } from './marks';
import { Sheet } from './sheet';
import { partWords } from './words';

/** How an audience looks: a lock, five dots or a person; always with words beside it. */
export type Seen = 'keep' | 'group' | 'share';

export function seenAs(audience: Audience): Seen {
  if (audience === 'phone') return 'keep';
  return audience === 'consent' ? 'share' : 'group';
}

export function SeenGlyph({ seen, size }: { seen: Seen; size?: 's' }) {
  if (seen === 'keep') return <LockIcon size={size} />;
  return seen === 'group' ? <Dots size={size} /> : <PersonIcon size={size} />;
}

/** The smallest group an answer is counted in, for the words on the plaque. */
export function leastGroup(audience: Audience, k: number): number {
  return audience === 'group_sensitive' ? Math.max(10, k) : Math.max(5, k);
}

export function seenWords(audience: Audience, k: number): string {
  const who = partWords.who;
  if (audience === 'phone') return who.phone;
  return audience === 'consent' ? who.consent : who.group(leastGroup(audience, k));
}

/** Hangs on the rail between question and answer: who can see this, before it is given. */
export function Plaque({ audience, k, id }: { audience: Audience; k: number; id?: string }) {
  const [open, setOpen] = useState(false);
  const seen = seenAs(audience);
  return (
    <>
      <button type="button" class={`plaque ${seen}`} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <SeenGlyph seen={seen} size="s" />
        <span id={id}>{seenWords(audience, k)}</span>
        <OnwardIcon size="s" class="more" />
      </button>
      {open && <WhoSheet audience={audience} k={k} onClose={() => setOpen(false)} />}
    </>
  );
}

function WhoSheet({ audience, k, onClose }: { audience: Audience; k: number; onClose: () => void }) {
  const seen = seenAs(audience);
  const about = partWords.who.about;
  const lines = seen === 'group' ? about.group(leastGroup(audience, k)) : seen === 'keep' ? about.phone : about.consent;
  return (
    <Sheet
      title={partWords.who.title}
      onClose={onClose}
      dado={
        <>
          <Grip main onPress={onClose}>
            {partWords.close}
          </Grip>
          <Foot />
        </>
      }
    >
      <p class={`tag ${seen}`}>
        <SeenGlyph seen={seen} size="s" />
        {seenWords(audience, k)}
      </p>
      {lines.map((line) => (
        <p key={line} class="sheet-line">
          {line}
        </p>
      ))}
    </Sheet>
  );
}

/** Where an entry's parts went, in the journal: bare tags, one for each audience in it. */
export function SeenTags({ audiences }: { audiences: Audience[] }) {
  const kinds = [...new Set(audiences.map(seenAs))];
  const words = partWords.who.tags;
  const named: Record<Seen, string> = { keep: words.phone, group: words.group, share: words.consent };
  return (
    <span class="seen-tags">
      {(['group', 'keep', 'share'] as Seen[])
        .filter((seen) => kinds.includes(seen))
        .map((seen) => (
          <span key={seen} class={`tag ${seen} bare`}>
            <SeenGlyph seen={seen} size="s" />
            {named[seen]}
          </span>
        ))}
    </span>
  );
}

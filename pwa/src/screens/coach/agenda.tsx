import { useState } from 'preact/hooks';
import type { CoachRelease } from '../../contract';
import { Brand } from '../../parts/brand';
import { span } from '../desk/dates';
import { PrinterIcon } from '../desk/icons';
import './card.css';
import { words } from './words';

interface AgendaCardProps {
  release: CoachRelease;
  agenda: NonNullable<CoachRelease['agenda']>;
  Heading: 'h2' | 'h3';
}

/** One open question and one step about the system, to take into a room. The printer gets this card and nothing else. */
export function AgendaCard({ release, agenda, Heading }: AgendaCardProps) {
  const [printing, setPrinting] = useState(false);
  const id = `card-${release.key_id}`;
  const print = () => {
    // A coach of two groups has two cards on the page: only the one that was asked for may reach the paper.
    setPrinting(true);
    requestAnimationFrame(() => {
      window.print();
      setPrinting(false);
    });
  };
  return (
    <aside class={`paper card${printing ? ' printing' : ''}`} aria-labelledby={`${id} ${id}-of`}>
      <div class="head on-paper">
        <Brand />
      </div>
      <Heading id={id} class="title">
        {words.card}
      </Heading>
      <p class="small" id={`${id}-of`}>
        <span>{release.group.name},</span> <span>{span(release.open_day, release.end_day)}</span>
      </p>
      <p class="small k">{words.question}</p>
      <p class="plan">{agenda.question}</p>
      <p class="small k">{words.step}</p>
      <p class="s">{agenda.step}</p>
      <p class="small from">{words.from(agenda.from)}</p>
      <div class="acts">
        <button type="button" class="btn main" onClick={print}>
          <PrinterIcon size="s" />
          {words.print}
        </button>
      </div>
      <p class="small on-paper foot-note">{words.printFoot}</p>
    </aside>
  );
}

/** The card of an earlier release, in two lines: it was asked then, and is no longer the one to print. */
export function EarlierCard({ agenda }: { agenda: NonNullable<CoachRelease['agenda']> }) {
  return (
    <div class="then">
      <dt>{words.thenAsked}</dt>
      <dd>
        <p>{agenda.question}</p>
        <p class="small">{agenda.step}</p>
      </dd>
    </div>
  );
}

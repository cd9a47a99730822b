import type { ComponentChildren } from 'preact';

/** Square: it is read, not held. The one component that draws an entry, wherever an entry is drawn. */
export function Paper({ title, sub, children }: { title: string; sub?: string; children: ComponentChildren }) {
  return (
    <article class="paper">
      <h2 class="title">{title}</h2>
      {sub && <p class="small">{sub}</p>}
      {children}
    </article>
  );
}

/** One question and its answer on the paper; the person's own words are set in the voice. */
export function PaperLine({ ask, answer, own }: { ask: string; answer: string; own?: boolean }) {
  return (
    <div class={own ? 'said own' : 'said'}>
      <dt>{ask}</dt>
      <dd>{answer}</dd>
    </div>
  );
}

import type { ComponentChildren } from 'preact';
import { Nav, type Tab } from './nav';
import { Rail } from './rail';

interface StairwellProps {
  top: ComponentChildren;
  children: ComponentChildren;
  dado?: ComponentChildren;
  rail?: ComponentChildren;
  tab?: Tab;
  nav?: boolean;
  /** The wall scrolls inside the window and the dado stays under the thumb; the wall's name for a screen reader. */
  fixed?: string;
  /** False for a wall that is read from the top, such as a list. */
  onRail?: boolean;
  name?: string;
}

/** Every screen: the wall that is read, the rail, and the dado that is touched. */
export function Stairwell(props: StairwellProps) {
  const { top, children, dado, rail, tab, nav = tab !== undefined, fixed, onRail = true, name } = props;
  return (
    <div class={`phone${fixed ? ' fixed' : ''}${name ? ` ${name}` : ''}`}>
      <header class="top">{top}</header>
      <main class="stairwell">
        <Wall name={onRail ? 'wall on-rail' : 'wall'} scrolls={fixed}>
          {children}
        </Wall>
        <section class="below">
          {rail ?? <Rail />}
          <div class={nav ? 'dado has-nav' : 'dado'}>
            {dado}
            {nav && <Nav current={tab} />}
          </div>
        </section>
      </main>
    </div>
  );
}

/** A wall that scrolls by itself can be reached and scrolled by keyboard. */
function Wall({ name, scrolls, children }: { name: string; scrolls?: string; children: ComponentChildren }) {
  if (!scrolls) return <div class={name}>{children}</div>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll this region.
    <section class={name} aria-label={scrolls} tabIndex={0}>
      {children}
    </section>
  );
}

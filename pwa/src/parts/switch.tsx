import type { ComponentChildren } from 'preact';

interface SwitchProps {
  on: boolean;
  onFlip: () => void;
  children: ComponentChildren;
  sub?: string;
  icon?: ComponentChildren;
  /** In the dado it is a grip; on the wall a row. */
  grip?: boolean;
}

/** Something that is on or off, and is kept at once. */
export function Switch({ on, onFlip, children, sub, icon, grip }: SwitchProps) {
  return (
    <button type="button" role="switch" class={grip ? 'grip switch' : 'row switch'} aria-checked={on} onClick={onFlip}>
      {icon}
      <span class="t">
        {children}
        {sub && <span class={grip ? 'sub' : 'small'}>{sub}</span>}
      </span>
      <span class="end knob" />
    </button>
  );
}

import type { ComponentChildren } from 'preact';
import { OnwardIcon } from './icons';

interface GripProps {
  children: ComponentChildren;
  onPress?: () => void;
  main?: boolean;
  center?: boolean;
  sub?: string;
  icon?: ComponentChildren;
  onward?: boolean;
  busy?: boolean;
  href?: string;
  type?: 'button' | 'submit';
  id?: string;
}

/** Anything pressed in the dado. `main` is the one solid oak of a screen. `busy` says why it waits, in `sub`. */
export function Grip({ children, onPress, main, center, sub, icon, onward, busy, href, type, id }: GripProps) {
  const name = `grip${main ? ' main' : ''}${center ? ' center' : ''}${busy ? ' waits' : ''}`;
  const inside = (
    <>
      {icon}
      <span class="t">
        {children}
        {sub && <span class="sub">{sub}</span>}
      </span>
      {onward && (
        <span class="end">
          <OnwardIcon size="s" />
        </span>
      )}
    </>
  );
  if (href)
    return (
      <a class={name} href={href} id={id} onClick={onPress}>
        {inside}
      </a>
    );
  return (
    <button
      class={name}
      type={type ?? 'button'}
      id={id}
      aria-disabled={busy || undefined}
      onClick={() => !busy && onPress?.()}
    >
      {inside}
    </button>
  );
}

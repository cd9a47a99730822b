import { useRef } from 'preact/hooks';

const STEP: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/**
 * One tab stop for a set of choices; arrows move between them and wrap. Moving never chooses: a scale goes on by
 * itself once chosen, so an arrow key that also chose would answer for the person.
 */
export function useRoving(count: number, start: number) {
  const box = useRef<HTMLDivElement>(null);
  const focusAt = (index: number) => {
    const all = box.current?.querySelectorAll<HTMLElement>('[data-choice]');
    all?.[(index + count) % count]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEP[event.key];
    const all = [...(box.current?.querySelectorAll<HTMLElement>('[data-choice]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    if (step) focusAt(at + step);
    else if (event.key === 'Home') focusAt(0);
    else if (event.key === 'End') focusAt(count - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const tabIndex = (index: number) => (index === Math.max(0, start) ? 0 : -1);
  return { box, onKeyDown, tabIndex, focusAt };
}

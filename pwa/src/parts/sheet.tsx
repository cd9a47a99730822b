import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface SheetProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  dado: ComponentChildren;
}

const HOLDABLE = 'a[href], button:not([disabled]), input:not([disabled]), textarea, [tabindex="0"]';

/**
 * Slides up with the rail as its top edge. A modal dialog: the page behind is inert, Escape closes it, focus goes round
 * inside and returns to what opened it.
 */
export function Sheet({ title, onClose, children, dado }: SheetProps) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    const opener = document.activeElement as HTMLElement | null;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('h2')?.focus();
    return () => {
      dialog?.close();
      opener?.focus?.();
    };
  }, []);
  return (
    <dialog
      class="sheet"
      ref={box}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.preventDefault();
          onClose();
        } else if (event.key === 'Tab') goRound(box.current, event);
      }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === box.current && onClose()}
    >
      <div class="sheet-in">
        <div class="wall">
          <h2 id={id} class="sheet-title" tabIndex={-1}>
            {title}
          </h2>
          {children}
        </div>
        <div class="dado">{dado}</div>
      </div>
    </dialog>
  );
}

function goRound(dialog: HTMLElement | null, event: KeyboardEvent): void {
  const all = [...(dialog?.querySelectorAll<HTMLElement>(HOLDABLE) ?? [])];
  const first = all[0];
  const last = all.at(-1);
  const at = document.activeElement;
  if (!first || !last) return;
  const leavesBack = event.shiftKey && (at === first || !all.includes(at as HTMLElement));
  const leavesOn = !event.shiftKey && at === last;
  if (!leavesBack && !leavesOn) return;
  event.preventDefault();
  (leavesBack ? last : first).focus();
}

import { useLayoutEffect, useRef } from 'preact/hooks';

interface LinesProps {
  value: string;
  onInput: (value: string) => void;
  labelledBy: string;
  describedBy?: string;
  most?: number;
}

/** Ruled, not boxed: it grows by a line when the words need one. */
export function Lines({ value, onInput, labelledBy, describedBy, most = 1000 }: LinesProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.setProperty('height', 'auto');
    area.style.setProperty('height', `${area.scrollHeight}px`);
  }, [value]);
  return (
    <textarea
      ref={box}
      class="lines"
      rows={2}
      maxLength={most}
      autocomplete="off"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const minute = signal(0);

/** Draws the page again every half minute: what is ready changes with the clock alone. */
export function useMinute(): void {
  minute.value;
  useEffect(() => {
    const timer = setInterval(() => {
      minute.value += 1;
    }, 30_000);
    return () => clearInterval(timer);
  }, []);
}

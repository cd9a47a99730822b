import { signal } from '@preact/signals';

const said = signal('');

/** Says a change of state once, politely, to whoever listens instead of looking. The same words twice are said twice. */
export function say(words: string): void {
  said.value = '';
  // A region only speaks when its text changes, so the old text has to be gone for a frame first.
  setTimeout(() => {
    said.value = words;
  }, 50);
}

/** The one polite live region of the app. */
export function Live() {
  return (
    <p class="vh" role="status" aria-live="polite">
      {said.value}
    </p>
  );
}

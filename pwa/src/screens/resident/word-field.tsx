import { QueryIcon } from '../../parts/icons';

interface WordFieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  wrong: string | null;
}

/** Where twelve words are typed. Nothing is remembered, corrected or offered by the keyboard. */
export function WordField({ label, value, onInput, wrong }: WordFieldProps) {
  return (
    <div class="form">
      <label>
        {label}
        <textarea
          class="box typed"
          rows={3}
          autocomplete="off"
          autocapitalize="none"
          autocorrect="off"
          spellcheck={false}
          aria-invalid={wrong !== null}
          aria-describedby={wrong ? 'words-wrong' : undefined}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </label>
      <p class="wrong" id="words-wrong" role="alert">
        {wrong && (
          <>
            <QueryIcon size="s" />
            {wrong}
          </>
        )}
      </p>
    </div>
  );
}

/** The words as typed, without case, numbers or signs between them. */
export const wordsIn = (text: string): string[] => text.toLowerCase().match(/[a-z]+/g) ?? [];

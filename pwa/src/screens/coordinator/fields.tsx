import type { ComponentChildren } from 'preact';

interface FieldProps {
  id: string;
  label: string;
  value: string;
  onValue: (value: string) => void;
  /** What is wrong with this field, in words; drawn under it and read with it. */
  error?: string | undefined;
  hint?: string | undefined;
  type?: 'text' | 'email' | 'date';
  list?: string;
  /** Brings up digits on a phone; it stays text, so a wheel of the mouse cannot change it. */
  numeric?: boolean;
  children?: ComponentChildren;
}

const described = (id: string, error?: string, hint?: string) =>
  [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;

function Said({ id, error, hint }: { id: string; error?: string | undefined; hint?: string | undefined }) {
  return (
    <>
      {hint && (
        <p class="small" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="wrong" id={`${id}-error`}>
          {error}
        </p>
      )}
    </>
  );
}

/** One line to fill in. Nothing typed here is a person's own business with the browser, so it offers no completions. */
export function Field({ id, label, value, onValue, error, hint, type = 'text', list, numeric, children }: FieldProps) {
  return (
    <div class="line">
      <label class="label" for={id}>
        {label}
      </label>
      <input
        id={id}
        type={type}
        value={value}
        list={list}
        autocomplete="off"
        inputMode={numeric ? 'numeric' : undefined}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={described(id, error, hint)}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {children}
      <Said id={id} error={error} hint={hint} />
    </div>
  );
}

export interface Option {
  value: string;
  name: string;
  hint?: string;
}

type PickProps = Pick<FieldProps, 'id' | 'label' | 'value' | 'onValue' | 'error'> & { options: Option[] };

/** A choice among many, such as the groups of a house. */
export function Pick({ id, label, value, onValue, error, options, empty }: PickProps & { empty: string }) {
  return (
    <div class="line">
      <label class="label" for={id}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={described(id, error)}
        onChange={(event) => onValue(event.currentTarget.value)}
      >
        <option value="">{empty}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
      <Said id={id} error={error} />
    </div>
  );
}

/** A choice among a few, all of them in sight. */
export function Choice({ id, label, value, onValue, error, options }: PickProps) {
  return (
    <fieldset class="line" aria-describedby={described(id, error)}>
      <legend class="label">{label}</legend>
      {options.map((option) => (
        <label key={option.value} class="opt">
          <input
            type="radio"
            class="vh"
            id={`${id}-${option.value}`}
            name={id}
            value={option.value}
            checked={option.value === value}
            onChange={() => onValue(option.value)}
          />
          <i aria-hidden="true" />
          <span>
            <b>{option.name}</b>
            <span>{option.hint}</span>
          </span>
        </label>
      ))}
      <Said id={id} error={error} />
    </fieldset>
  );
}

/** The mark: an H whose crossbar is the rail. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 28 28" fill="none" aria-hidden="true">
      <path d="M9 3v22M19 3v22" stroke="currentColor" stroke-width="4" stroke-linecap="square" />
      <path class="bar" d="M1 13h26" stroke-width="4.5" stroke-linecap="round" />
    </svg>
  );
}

export function Brand() {
  return (
    <span class="brand">
      <Mark />
      Handrail
    </span>
  );
}

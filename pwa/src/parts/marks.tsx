/** Handrail's own drawings: the app icon, and the dice-five that stands for the group. */

const FIVE =
  'M2.6 5.5a2.9 2.9 0 1 0 5.8 0a2.9 2.9 0 1 0-5.8 0M15.6 5.5a2.9 2.9 0 1 0 5.8 0a2.9 2.9 0 1 0-5.8 0M9.1 12a2.9 2.9 0 1 0 5.8 0a2.9 2.9 0 1 0-5.8 0M2.6 18.5a2.9 2.9 0 1 0 5.8 0a2.9 2.9 0 1 0-5.8 0M15.6 18.5a2.9 2.9 0 1 0 5.8 0a2.9 2.9 0 1 0-5.8 0';

/** Five dots: the group. Open when there is not enough to show. */
export function Dots({ size, open = false }: { size?: 's'; open?: boolean }) {
  return (
    <svg
      class={size ? 'i s' : 'i'}
      viewBox="0 0 24 24"
      fill={open ? 'none' : 'currentColor'}
      stroke={open ? 'currentColor' : 'none'}
      aria-hidden="true"
    >
      <path d={FIVE} />
    </svg>
  );
}

/** The app icon as it looks on a home screen, for the steps that speak of it. */
export function AppIcon({ px }: { px: number }) {
  return (
    <svg class="app-icon" width={px} height={px} viewBox="0 0 64 64" aria-hidden="true">
      <clipPath id={`icon-${px}`}>
        <rect width="64" height="64" rx="14.5" />
      </clipPath>
      <g clip-path={`url(#icon-${px})`}>
        <rect width="64" height="64" fill="#F2F1EC" />
        <rect y="29" width="64" height="35" fill="#1B3940" />
        <g stroke-width="7">
          <path d="M23.5 12V31M40.5 12V31" stroke="#14242A" />
          <path d="M23.5 29V52M40.5 29V52" stroke="#F6F3EB" />
        </g>
        <rect y="25.5" width="64" height="8" fill="#D79D4B" />
        <rect y="25.5" width="64" height="2.2" fill="#E9BD7C" />
        <rect y="31.5" width="64" height="2" fill="#A66F27" />
      </g>
    </svg>
  );
}

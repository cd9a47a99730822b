const STEPS =
  '-138.5,987.7 0,987.7 0,924 138.5,924 138.5,860.3 276.9,860.3 276.9,796.6 415.4,796.6 415.4,732.9 553.8,732.9 553.8,669.2 692.3,669.2 692.3,605.5 830.8,605.5 830.8,541.8 969.2,541.8 969.2,478.2 1107.7,478.2 996.9,1400 -138.5,1400';
const ARMS: [number, number][] = [
  [93.6, 580.9],
  [360, 458.4],
  [626.4, 335.9],
];
const DADO = 'M-20 633.2L740 283.6V820H-20Z';

/** The stairwell by day and by night; the colours come from the tokens, so one drawing does for both. */
export function StairArt() {
  return (
    <svg viewBox="0 0 720 800" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <defs>
        <radialGradient id="wall-light" cx=".78" cy=".08" r=".95">
          <stop offset="0" class="w0" />
          <stop offset="1" class="w1" />
        </radialGradient>
        <linearGradient id="dado-shade" gradientUnits="userSpaceOnUse" x1="360" y1="458.4" x2="485.4" y2="730.9">
          <stop offset="0" class="d0" />
          <stop offset="1" class="d1" />
        </linearGradient>
        <linearGradient id="lamp" gradientUnits="userSpaceOnUse" x1="360" y1="458.4" x2="450.3" y2="654.6">
          <stop offset="0" class="lamp" />
          <stop offset="1" class="lamp0" />
        </linearGradient>
      </defs>
      <rect width="720" height="800" fill="url(#wall-light)" />
      <path d={DADO} fill="url(#dado-shade)" />
      <path d={DADO} fill="url(#lamp)" />
      <polygon class="steps" points={STEPS} />
      {ARMS.map(([x, y]) => (
        <g key={x}>
          <path class="arm" d={`M${x} ${y}v31`} />
          <circle cx={x} cy={y + 35} r="9.5" />
        </g>
      ))}
      <path class="r0" d="M-20 634.4L740 284.8" />
      <path class="r1" d="M-20 632.6L740 283" />
      <path class="r2" d="M-20 629.6L740 280" />
    </svg>
  );
}

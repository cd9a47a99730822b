import type { Protocol } from '../../contract';

/** Modelled seconds, said in fives: nobody counts them. */
export const about = (protocol: Protocol) =>
  Math.max(5, Math.round((protocol.est_s[0] + protocol.est_s[1]) / 2 / 5) * 5);

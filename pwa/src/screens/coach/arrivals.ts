import { useRef } from 'preact/hooks';
import type { CoachRelease, CoachReleases } from '../../contract';

const keysOf = (list: CoachReleases) =>
  list.groups.flatMap((of) => of.releases.map((r) => `${of.group.id} ${r.block}`));

/**
 * The release that came in while the page was open, or null. The first list is not news: it was there before.
 * The answer stays until another release follows it, so a reader who was away still finds the line.
 */
export function useArrivals(list: CoachReleases | null): CoachRelease | null {
  const known = useRef<{ list: CoachReleases; keys: Set<string> } | null>(null);
  const arrived = useRef<CoachRelease | null>(null);
  if (list && list !== known.current?.list) {
    const before = known.current?.keys;
    known.current = { list, keys: new Set(keysOf(list)) };
    const fresh =
      before && list.groups.flatMap((of) => of.releases.filter((r) => !before.has(`${of.group.id} ${r.block}`)));
    if (fresh?.length) arrived.current = fresh.reduce((a, b) => (a.open_day < b.open_day ? b : a));
  }
  return arrived.current;
}

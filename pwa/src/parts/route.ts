import { signal } from '@preact/signals';

/** Where the person is, as a path of this app. */
export const path = signal(typeof location === 'undefined' ? '/' : location.pathname);

/** Goes somewhere in the app; the page is never loaded anew for it. */
export function go(to: string, how: { replace?: boolean } = {}): void {
  if (to !== location.pathname) history[how.replace ? 'replaceState' : 'pushState'](null, '', to);
  entered ||= !how.replace;
  path.value = location.pathname;
  scrollTo(0, 0);
}

/** Goes back inside the app, or to `otherwise` when this page is where the visit began. */
export function back(otherwise = '/'): void {
  if (history.length > 1 && entered) history.back();
  else go(otherwise, { replace: true });
}

/** Whether the page now shown was reached from another page of ours. */
let entered = false;

/** "/c/:id" against "/c/x1" gives {id: "x1"}; null when it does not fit. */
export function match(pattern: string, at: string): Record<string, string> | null {
  const want = pattern.split('/');
  const have = at.replace(/(.)\/$/, '$1').split('/');
  if (want.length !== have.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of want.entries()) {
    const value = have[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decoded(value);
    else if (part !== value) return null;
  }
  return params;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Follows the browser's own buttons and every plain click on a link of ours. Returns what stops it. */
export function followLinks(): () => void {
  const onPop = () => {
    path.value = location.pathname;
  };
  const onClick = (event: MouseEvent) => {
    const link = (event.target as Element | null)?.closest?.('a[href]');
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    const href = link.getAttribute('href') ?? '';
    if (!href.startsWith('/') || href.startsWith('//') || link.hasAttribute('download') || link.getAttribute('target'))
      return;
    event.preventDefault();
    go(href);
  };
  addEventListener('popstate', onPop);
  document.addEventListener('click', onClick);
  return () => {
    removeEventListener('popstate', onPop);
    document.removeEventListener('click', onClick);
  };
}

import { useEffect } from 'preact/hooks';

/** Names the page for the tab, the history and screen readers. */
export function useTitle(name: string): void {
  useEffect(() => {
    document.title = `${name} · Handrail`;
  }, [name]);
}

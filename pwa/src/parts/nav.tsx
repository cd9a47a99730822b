import { BuoyIcon, CalendarIcon, HouseIcon, NotebookIcon } from './icons';
import { Dots } from './marks';
import { partWords } from './words';

export type Tab = 'today' | 'journal' | 'rhythm' | 'group' | 'help';

const TABS: { tab: Tab; href: string; icon: () => preact.JSX.Element }[] = [
  { tab: 'today', href: '/', icon: () => <HouseIcon /> },
  { tab: 'journal', href: '/journal', icon: () => <NotebookIcon /> },
  { tab: 'rhythm', href: '/rhythm', icon: () => <CalendarIcon /> },
  { tab: 'group', href: '/coach', icon: () => <Dots /> },
  { tab: 'help', href: '/help', icon: () => <BuoyIcon /> },
];

/** Five places, no badges: nothing here counts what a person has not done. */
export function Nav({ current }: { current?: Tab }) {
  return (
    <nav class="nav" aria-label={partWords.nav}>
      {TABS.map(({ tab, href, icon }) => (
        <a key={tab} href={href} aria-current={tab === current ? 'page' : undefined}>
          {icon()}
          {partWords.tabs[tab]}
        </a>
      ))}
    </nav>
  );
}

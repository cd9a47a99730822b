import type { ComponentChildren } from 'preact';
import { Brand } from '../../parts/brand';
import type { Icon } from '../../parts/icons';
import { useTitle } from '../../parts/title';
import '../../style/desk.css';
import { SignOut } from './sign-out';
import { words } from './words';

export interface Place {
  path: string;
  name: string;
  Icon: Icon;
}

interface FrameProps {
  places: Place[];
  /** The path of the page that is open; its place is marked in the nav. */
  path: string;
  /** Who is signed in, and in one line what this role is here for. */
  name: string;
  about: string;
  title: string;
  children: ComponentChildren;
}

/** The stairwell turned on its side: the dado with the nav, the upright rail, and the wall that is read. */
export function Frame({ places, path, name, about, title, children }: FrameProps) {
  useTitle(title);
  return (
    <div class="desk">
      <a class="skip" href="#wall">
        {words.skip}
      </a>
      <header class="side">
        <div>
          <Brand />
          <nav aria-label={words.main}>
            {places.map(({ path: to, name: placeName, Icon: PlaceIcon }) => (
              <a key={to} href={to} aria-current={to === path ? 'page' : undefined}>
                <PlaceIcon />
                {placeName}
              </a>
            ))}
          </nav>
          <div class="who">
            <b>{name}</b>
            {about}
          </div>
          <SignOut />
        </div>
      </header>
      <div class="vrail" aria-hidden="true" />
      <main class="wall" id="wall" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

import { BuoyIcon } from '../../parts/icons';
import { Dots } from '../../parts/marks';
import { me } from '../../store/view';
import { Frame, type Place } from '../desk/frame';
import { DeskHelp } from '../desk/help';
import { PeopleIcon } from '../desk/icons';
import { words as desk } from '../desk/words';
import './coordinator.css';
import { Groups } from './groups';
import { People } from './people';
import { words } from './words';

const PLACES: Place[] = [
  { path: '/people', name: words.people, Icon: PeopleIcon },
  { path: '/groups', name: words.groups, Icon: () => <Dots /> },
  { path: '/help', name: desk.help, Icon: BuoyIcon },
];

/** The coordinator's half of the app: names and groups. No answer, and no trace of one, has a place in it. */
export default function CoordinatorScreens({ path }: { path: string }) {
  const person = me.value;
  // The app shows these screens to someone it knows; between signing out and the door there is nothing to draw.
  if (!person) return null;
  const place = PLACES.find((known) => known.path === path) ?? (PLACES[0] as Place);
  return (
    <Frame places={PLACES} path={place.path} name={person.name} about={words.seesOnly} title={place.name}>
      {place.path === '/people' && <People me={person} />}
      {place.path === '/groups' && <Groups me={person} />}
      {place.path === '/help' && <DeskHelp />}
    </Frame>
  );
}

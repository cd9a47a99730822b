import { BuoyIcon } from '../../parts/icons';
import { me } from '../../store/view';
import { Frame, type Place } from '../desk/frame';
import { DeskHelp } from '../desk/help';
import { LayersIcon } from '../desk/icons';
import { words as desk } from '../desk/words';
import './coach.css';
import { Releases } from './releases';
import { words } from './words';

const PLACES: Place[] = [
  { path: '/releases', name: words.releases, Icon: LayersIcon },
  { path: '/help', name: desk.help, Icon: BuoyIcon },
];

/** The coach's half of the app. Nothing in it is about one person, so there is no path with a person in it. */
export default function CoachScreens({ path }: { path: string }) {
  const person = me.value;
  // The app shows these screens to someone it knows; between signing out and the door there is nothing to draw.
  if (!person) return null;
  const help = path === '/help';
  const groups = person.groups.filter((group) => group.kind === 'coach').map((group) => group.name);
  return (
    <Frame
      places={PLACES}
      path={help ? '/help' : '/releases'}
      name={person.name}
      about={`${words.role(groups.join(', '))} ${words.evaluates}`}
      title={help ? desk.help : words.releases}
    >
      {help ? <DeskHelp /> : <Releases me={person} />}
    </Frame>
  );
}

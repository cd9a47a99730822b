import { useState } from 'preact/hooks';
import { groups, people } from '../../api';
import type { Me, RosterPerson } from '../../contract';
import { usePolled } from '../desk/polled';
import { TroubleLine } from '../desk/trouble';
import { Invite } from './invite';
import { Row, Table } from './table';
import { words } from './words';

/** These lists change when a coordinator changes them, so they are read again rarely. */
const EVERY_MS = 300_000;
const askPeople = async () => ({ value: (await people()).people, etag: null });
const askGroups = async () => ({ value: (await groups()).groups, etag: null });

const byName = (a: RosterPerson, b: RosterPerson) => a.name.localeCompare(b.name) || a.email.localeCompare(b.email);

/** A long address may break after its @, and nowhere else while there is room. */
function Address({ of }: { of: string }) {
  const [box, ...place] = of.split('@');
  return (
    <>
      {box}@<wbr />
      {place.join('@')}
    </>
  );
}

function PersonRow({ person, fresh }: { person: RosterPerson; fresh: boolean }) {
  const role = words.roles[person.role];
  return (
    <Row
      head={person.name}
      fresh={fresh}
      cells={[
        <Address of={person.email} />,
        <>
          {role}
          {person.state === 'disabled' && <span class="small">{words.disabled}</span>}
        </>,
        person.group?.name ?? words.noGroup,
      ]}
    />
  );
}

/** Names, addresses, roles and groups: all a coordinator can know, and nothing that depends on a check-in. */
export function People({ me }: { me: Me }) {
  const roster = usePolled(askPeople, EVERY_MS);
  const known = usePolled(askGroups, EVERY_MS);
  const [fresh, setFresh] = useState<string | null>(null);
  const invited = (person: RosterPerson) => {
    setFresh(person.email);
    roster.again();
  };
  const list = [...(roster.list ?? [])].sort(byName);
  return (
    <div class="two">
      <section class="tab">
        <header>
          <div>
            <h1 tabIndex={-1}>{words.people}</h1>
            <p class="lede">{words.peopleLede}</p>
          </div>
          <a class="btn to-form" href="#invite">
            {words.invite}
          </a>
        </header>
        <div role="status">
          <TroubleLine polled={roster} zone={me.zone} />
          {roster.list === null && !roster.trouble && <p class="lede">{words.reading}</p>}
          {roster.list?.length === 0 && <p class="lede">{words.nobody}</p>}
        </div>
        {list.length > 0 && (
          <Table name={words.people} heads={[words.name, words.email, words.role, words.group]}>
            {list.map((person) => (
              <PersonRow key={person.id} person={person} fresh={person.email === fresh} />
            ))}
          </Table>
        )}
      </section>
      <Invite groups={known.list ?? []} onInvited={invited} />
    </div>
  );
}

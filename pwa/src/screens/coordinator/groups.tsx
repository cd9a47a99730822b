import { useState } from 'preact/hooks';
import { groups, makeGroup } from '../../api';
import type { Group, Me } from '../../contract';
import { wholeDay } from '../desk/dates';
import { usePolled } from '../desk/polled';
import { TroubleLine } from '../desk/trouble';
import { Field } from './fields';
import { Panel } from './panel';
import { type FieldErrors, useSending } from './sending';
import { Row, Table } from './table';
import { words } from './words';

const EVERY_MS = 300_000;
const ask = async () => ({ value: (await groups()).groups, etag: null });

/** The zones this browser knows, to pick from while typing; the server has the last word. */
const ZONES = Intl.supportedValuesOf('timeZone');

interface Form {
  name: string;
  zone: string;
  term_start: string;
  people_expected: string;
}

function missingIn(form: Form): FieldErrors {
  const lacks: FieldErrors = {};
  if (!form.name.trim()) lacks.name = words.needed;
  if (!form.zone.trim()) lacks.zone = words.needsZone;
  if (!form.term_start) lacks.term_start = words.needed;
  if (!/^[1-9]\d{0,4}$/.test(form.people_expected.trim())) lacks.people_expected = words.needsNumber;
  return lacks;
}

function MakeGroup({ zone, onMade }: { zone: string; onMade: (group: Group) => void }) {
  const blank: Form = { name: '', zone, term_start: '', people_expected: '' };
  const [form, setForm] = useState(blank);
  const set = (part: Partial<Form>) => setForm({ ...form, ...part });
  const sending = useSending(() => {
    const { name, zone, term_start, people_expected } = form;
    const sent = { name: name.trim(), zone: zone.trim(), term_start, people_expected: Number(people_expected) };
    return makeGroup(sent);
  });
  const wrong = sending.refused?.fields ?? {};
  const done = (group: Group) => {
    setForm({ ...blank, zone: form.zone });
    onMade(group);
  };
  return (
    <Panel
      id="make"
      title={words.make}
      sending={sending}
      known={['name', 'zone', 'term_start', 'people_expected']}
      missing={() => missingIn(form)}
      onDone={done}
      said={(group) => words.made(group.name)}
      action={words.makeNow}
      busyAction={words.making}
      tail={words.makeTail}
    >
      <Field id="name" label={words.groupName} value={form.name} onValue={(name) => set({ name })} error={wrong.name} />
      <Field
        id="zone"
        label={words.zone}
        hint={words.zoneHint}
        list="zones"
        value={form.zone}
        onValue={(next) => set({ zone: next })}
        error={wrong.zone}
      >
        <datalist id="zones">
          {ZONES.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </Field>
      <Field
        id="term_start"
        type="date"
        label={words.termStart}
        value={form.term_start}
        onValue={(term_start) => set({ term_start })}
        error={wrong.term_start}
      />
      <Field
        id="people_expected"
        label={words.expected}
        hint={words.expectedHint}
        numeric
        value={form.people_expected}
        onValue={(people_expected) => set({ people_expected })}
        error={wrong.people_expected}
      />
    </Panel>
  );
}

/** The groups that answer together, with the length of a block as the server worked it out. */
export function Groups({ me }: { me: Me }) {
  const polled = usePolled(ask, EVERY_MS);
  const [fresh, setFresh] = useState<string | null>(null);
  const made = (group: Group) => {
    setFresh(group.id);
    polled.again();
  };
  return (
    <div class="two">
      <section class="tab">
        <header>
          <div>
            <h1 tabIndex={-1}>{words.groups}</h1>
            <p class="lede">{words.groupsLede}</p>
          </div>
          <a class="btn to-form" href="#make">
            {words.make}
          </a>
        </header>
        <div role="status">
          <TroubleLine polled={polled} zone={me.zone} />
          {polled.list === null && !polled.trouble && <p class="lede">{words.reading}</p>}
          {polled.list?.length === 0 && <p class="lede">{words.noGroups}</p>}
        </div>
        {polled.list !== null && polled.list.length > 0 && (
          <Table name={words.groups} heads={[words.name, words.zone, words.termStart, words.blocks]}>
            {polled.list.map((group) => (
              <Row
                key={group.id}
                head={group.name}
                fresh={group.id === fresh}
                cells={[group.zone, wholeDay(group.term_start), words.weeks(group.block_weeks)]}
              />
            ))}
          </Table>
        )}
      </section>
      <MakeGroup zone={me.zone} onMade={made} />
    </div>
  );
}

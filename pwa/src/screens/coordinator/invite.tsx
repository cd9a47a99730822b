import { useState } from 'preact/hooks';
import { invite } from '../../api';
import type { Group, Role, RosterPerson } from '../../contract';
import { Choice, Field, Pick } from './fields';
import { Panel } from './panel';
import { type FieldErrors, useSending } from './sending';
import { words } from './words';

const ROLES = (['resident', 'coach', 'coordinator'] as const).map((value) => ({
  value,
  name: words.roles[value],
  hint: words.roleHints[value],
}));

const BLANK = { name: '', email: '', role: 'resident' as Role, group_id: '' };

/** A coordinator may stand beside all groups; a resident or coach without one would have nothing to answer or read. */
const needsGroup = (role: Role) => role !== 'coordinator';

function missingIn(form: typeof BLANK): FieldErrors {
  const lacks: FieldErrors = {};
  if (!form.name.trim()) lacks.name = words.needed;
  if (!/^\S+@\S+\.\S+$/.test(form.email.trim())) lacks.email = words.needsEmail;
  if (needsGroup(form.role) && !form.group_id) lacks.group_id = words.needed;
  return lacks;
}

/** Invites one person at a time; they get one mail, and the list grows by one row. */
export function Invite({ groups, onInvited }: { groups: Group[]; onInvited: (person: RosterPerson) => void }) {
  const [form, setForm] = useState(BLANK);
  const set = (part: Partial<typeof BLANK>) => setForm({ ...form, ...part });
  const sending = useSending(() =>
    invite({
      name: form.name.trim(),
      email: form.email.trim(),
      role: form.role,
      group_id: needsGroup(form.role) ? form.group_id : null,
    }),
  );
  const wrong = sending.refused?.fields ?? {};
  const done = (person: RosterPerson) => {
    // The role and the group stay: invitations to one group come in a row.
    set({ name: '', email: '' });
    onInvited(person);
  };
  return (
    <Panel
      id="invite"
      title={words.invite}
      sending={sending}
      known={['name', 'email', 'role', 'group_id']}
      missing={() => missingIn(form)}
      onDone={done}
      said={(person) => words.invited(person.name, person.email)}
      action={words.inviteNow}
      busyAction={words.inviting}
      tail={words.inviteTail}
    >
      <Field id="name" label={words.name} value={form.name} onValue={(name) => set({ name })} error={wrong.name} />
      <Field
        id="email"
        type="email"
        label={words.email}
        value={form.email}
        onValue={(email) => set({ email })}
        error={wrong.email}
      />
      <Choice
        id="role"
        label={words.role}
        value={form.role}
        onValue={(role) => set({ role: role as Role })}
        error={wrong.role}
        options={ROLES}
      />
      {needsGroup(form.role) && (
        <Pick
          id="group_id"
          label={words.group}
          value={form.group_id}
          onValue={(group_id) => set({ group_id })}
          error={wrong.group_id}
          options={groups.map((group) => ({ value: group.id, name: group.name }))}
          empty={words.chooseGroup}
        />
      )}
    </Panel>
  );
}

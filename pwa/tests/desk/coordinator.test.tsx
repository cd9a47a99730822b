// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact';
import { beforeEach, expect, test } from 'vitest';
import { MEDICINE, RITA } from './cast';
import { ADA, problem } from './house';
import { eachInAHouse, open, violations } from './page';

const house = eachInAHouse();

beforeEach(() => {
  house.current.people = [RITA];
  house.current.groups = [MEDICINE];
});

const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const saidAt = (field: HTMLElement) =>
  (field.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent)
    .join(' ');

async function openPeople() {
  open(ADA, '/people');
  await screen.findByRole('row', { name: /Rita Moss/ });
  await screen.findByRole('option', { name: 'Internal Medicine' });
}

async function inviteRavi(email = 'ravi@house.example') {
  type('Name', 'Ravi Sen');
  type('E-mail', email);
  fireEvent.change(screen.getByLabelText('Group'), { target: { value: MEDICINE.id } });
  press('Send the invitation');
}

test('the list has names, addresses, roles and groups, and no column for activity', async () => {
  await openPeople();
  const heads = screen.getAllByRole('columnheader').map((head) => head.textContent);
  expect(heads).toEqual(['Name', 'E-mail', 'Role', 'Group']);
  const row = screen.getByRole('row', { name: /Rita Moss/ });
  expect(
    within(row)
      .getAllByRole('cell')
      .map((cell) => cell.textContent),
  ).toEqual(['rita@house.example', 'Resident', 'Internal Medicine']);
});

test('an invited person joins the list and the page says what was sent', async () => {
  await openPeople();
  await inviteRavi();
  await screen.findByText('Ravi Sen is on the list. A mail to ravi@house.example says where to sign in.');
  await screen.findByRole('row', { name: /Ravi Sen/ });
  expect(house.current.taken).toEqual([
    { name: 'Ravi Sen', email: 'ravi@house.example', role: 'resident', group_id: MEDICINE.id },
  ]);
});

test('what is missing is said at its field before anything is sent', async () => {
  await openPeople();
  type('E-mail', 'ravi');
  press('Send the invitation');
  expect(saidAt(screen.getByLabelText('Name'))).toContain('Needed.');
  expect(saidAt(screen.getByLabelText('E-mail'))).toContain('Write an e-mail address');
  expect(saidAt(screen.getByLabelText('Group'))).toContain('Needed.');
  expect(house.current.asked.filter((line) => line.startsWith('POST'))).toEqual([]);
});

test('what the server finds wrong is said at its field, which takes the focus', async () => {
  house.current.refusal = () =>
    problem(422, 'invalid', 'Some fields are not right', { email: ['Not a valid address.'] });
  await openPeople();
  await inviteRavi();
  await screen.findByText('Not a valid address.');
  const field = screen.getByLabelText('E-mail');
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(saidAt(field)).toContain('Not a valid address.');
  await waitFor(() => expect(document.activeElement).toBe(field));
});

test('a reason without a field in the form is said too', async () => {
  house.current.refusal = () => problem(422, 'invalid', 'Some fields are not right', { zone: ['Unknown zone.'] });
  await openPeople();
  await inviteRavi();
  await screen.findByText('zone: Unknown zone.');
});

test('an address that is already there is said, and nothing else happens', async () => {
  house.current.refusal = () => problem(409, 'person_exists', 'Someone with that address is already here');
  await openPeople();
  await inviteRavi('rita@house.example');
  const alert = await screen.findByText('Nothing was sent and nothing was changed.');
  expect(alert.closest('[role="alert"]')).toBeTruthy();
  expect(saidAt(screen.getByLabelText('E-mail'))).toContain('already on the list');
});

test('without an answer the form keeps what was typed', async () => {
  await openPeople();
  house.current.reachable = false;
  await inviteRavi();
  await screen.findByText(/Handrail did not answer\./);
  expect((screen.getByLabelText('Name') as HTMLInputElement).value).toBe('Ravi Sen');
});

test('a coordinator is invited without a group', async () => {
  await openPeople();
  type('Name', 'Abe Roth');
  type('E-mail', 'abe@house.example');
  fireEvent.click(screen.getByRole('radio', { name: /Coordinator/ }));
  expect(screen.queryByLabelText('Group')).toBeNull();
  press('Send the invitation');
  await screen.findByText(/Abe Roth is on the list/);
  expect(house.current.taken).toEqual([
    { name: 'Abe Roth', email: 'abe@house.example', role: 'coordinator', group_id: null },
  ]);
});

test('the groups tell their block length as the server worked it out', async () => {
  open(ADA, '/groups');
  const row = await screen.findByRole('row', { name: /Internal Medicine/ });
  expect(
    within(row)
      .getAllByRole('cell')
      .map((cell) => cell.textContent),
  ).toEqual(['America/Chicago', '6 July 2026', '2 weeks']);
});

test('a group is made with the number of people expected', async () => {
  open(ADA, '/groups');
  await screen.findByRole('row', { name: /Internal Medicine/ });
  type('Group name', 'Anesthesia');
  type('Term start', '2026-12-07');
  type('People expected', '24');
  press('Make the group');
  await screen.findByText('Anesthesia is on the list.');
  expect(house.current.taken).toEqual([
    { name: 'Anesthesia', zone: 'America/Chicago', term_start: '2026-12-07', people_expected: 24 },
  ]);
});

test.each(['/people', '/groups', '/help'])('axe finds nothing on %s, with its form refused', async (path) => {
  open(ADA, path);
  const send = screen.queryByRole('button', { name: /Send the invitation|Make the group/ });
  if (send) fireEvent.click(send);
  expect(await violations()).toEqual([]);
});

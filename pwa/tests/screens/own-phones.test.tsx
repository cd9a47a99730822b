// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AskPhone } from '../../src/screens/resident/ask-phone';
import { Erase } from '../../src/screens/resident/erase';
import { Lend } from '../../src/screens/resident/lend';
import { PasskeyPage } from '../../src/screens/resident/passkey';
import { Phones } from '../../src/screens/resident/phones';
import { SecondDevice } from '../../src/screens/resident/second-device';
import { keepMe } from '../../src/store/shell';
import { me } from '../../src/store/view';
import { RITA, Server } from '../doubles/server';
import { press, violations } from './page';

let server: Server;

beforeEach(async () => {
  document.documentElement.lang = 'en';
  server = new Server();
  await keepMe(RITA);
  me.value = RITA;
  server.log.devices.set('0c4a4f57-9f51-4a29-93ad-6d2b8a3a6e02', false);
});
afterEach(cleanup);

test('every page about own phones can be read and used by everybody', async () => {
  for (const page of [
    <Phones key="p" />,
    <Lend key="l" />,
    <AskPhone key="a" />,
    <PasskeyPage key="k" />,
    <Erase key="e" />,
    <SecondDevice key="s" />,
  ]) {
    const { unmount } = render(page);
    expect(await violations()).toEqual([]);
    unmount();
  }
});

test('a phone is removed after a second question only', async () => {
  render(<Phones />);
  await waitFor(() => screen.getByText('Added 19 November'));
  press(/A phone/);
  press('Remove this phone');
  expect(screen.getByText(/signed out at once/)).toBeTruthy();
  expect(server.paths()).not.toContain('DELETE /api/devices/0c4a4f57-9f51-4a29-93ad-6d2b8a3a6e02');
  press('Remove it');
  await waitFor(() => expect(server.paths().some((path) => path.startsWith('DELETE /api/devices/'))).toBe(true));
});

test('words that differ hand nothing over', async () => {
  server.handover = { public_key: `age1${'q'.repeat(58)}`, body: null };
  render(<Lend />);
  await waitFor(() => screen.getByText('They are different'));
  press('They are different');
  expect(screen.getByText(/Nothing was handed over/)).toBeTruthy();
  expect(server.paths()).not.toContain('POST /api/handover/give');
});

test('a wrong code erases nothing and says so', async () => {
  server.fault = ({ path }) =>
    path === '/api/sign-in/code' ? new Response('{}', { status: 202, headers: JSON_TYPE }) : null;
  render(<Erase />);
  press(/Send me a code/);
  const field = await waitFor(() => screen.getByLabelText('Six-digit code'));
  press('Erase everything');
  expect(screen.getByRole('alert').textContent).toBe('The code has six digits.');
  fireEvent.input(field, { target: { value: '999999' } });
  press('Erase everything');
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('That code does not fit.'));
  expect(me.value?.name).toBe('Rita');
});

const JSON_TYPE = { 'content-type': 'application/json' };

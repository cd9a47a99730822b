// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SignIn } from '../../src/screens/sign-in';
import { RITA, violations } from './page';

const json = (body: unknown, status: number, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const problem = (status: number, code: string, headers = {}) =>
  json({ type: 'about:blank', title: code, status, detail: code, code }, status, headers);

let answers: Record<string, () => Response>;
let asked: string[];
let came: number;

beforeEach(() => {
  asked = [];
  came = 0;
  answers = {
    '/api/sign-in/code': () => json({}, 202),
    '/api/sign-in': () => json(RITA, 200),
  };
  globalThis.fetch = async (input) => {
    asked.push(String(input));
    const answer = answers[String(input)];
    if (!answer) throw new TypeError('Failed to fetch');
    return answer();
  };
  document.documentElement.lang = 'en';
  render(<SignIn onIn={() => (came += 1)} />);
});
afterEach(cleanup);

const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

async function reachCode() {
  type('Your work e-mail', 'rita@house.example');
  press('Send me a code');
  await screen.findByLabelText('Six-digit code');
}

test('the same words follow whether the address is known or not', async () => {
  await reachCode();
  expect(screen.getByText(/If rita@house.example is known here/)).toBeTruthy();
});

test('something that is not an address asks the server nothing', async () => {
  type('Your work e-mail', 'rita');
  press('Send me a code');
  expect(await screen.findByText('That does not look like an e-mail address.')).toBeTruthy();
  expect(asked).toEqual([]);
});

test('six digits let a person in, spaces or not', async () => {
  await reachCode();
  type('Six-digit code', '406 229');
  press('Sign in');
  await expect.poll(() => came).toBe(1);
});

test('a wrong or used code says so, empties the field and keeps the person there', async () => {
  await reachCode();
  answers['/api/sign-in'] = () => problem(401, 'code_wrong');
  type('Six-digit code', '111111');
  press('Sign in');
  expect(await screen.findByText(/mistyped, used already, or older than ten minutes/)).toBeTruthy();
  expect((screen.getByLabelText('Six-digit code') as HTMLInputElement).value).toBe('');
  expect(came).toBe(0);
});

test('too many tries say how long to wait', async () => {
  await reachCode();
  answers['/api/sign-in'] = () => problem(429, 'too_many', { 'retry-after': '540' });
  type('Six-digit code', '111111');
  press('Sign in');
  expect(await screen.findByText(/Wait 9 minutes/)).toBeTruthy();
});

test('with no signal the door says that what is saved stays', async () => {
  answers = {};
  type('Your work e-mail', 'rita@house.example');
  press('Send me a code');
  expect(await screen.findByText(/No signal/)).toBeTruthy();
});

test('help lines need no sign-in', () => {
  expect(screen.getByRole('link', { name: /Help lines/ }).getAttribute('href')).toBe('/help');
});

test('axe finds nothing wrong with the door, before and after the code was sent', async () => {
  expect(await violations()).toEqual([]);
  await reachCode();
  expect(await violations()).toEqual([]);
});

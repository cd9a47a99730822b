// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/preact';
import { expect, test } from 'vitest';
import { path } from '../../src/parts/route';
import { draftKey, draftOf, entries } from '../../src/store';
import { refresh } from '../../src/store/view';
import { asked, begin, eachOnAPhone, pick, press, question, saved, tick } from './page';

eachOnAPhone();

test('a light shift exit takes two taps and Next', async () => {
  await begin('P01');
  pick('A little');
  await asked('What is still on your mind?');
  tick('Nothing much');
  press('Next');
  expect(await saved()).toEqual({ a: 1, b: [5] });
});

test('a heavy shift exit asks for a way to set it down, and two lines only when chosen', async () => {
  await begin('P01');
  pick('A lot');
  await asked('What is still on your mind?');
  tick('A patient');
  press('Next');
  await asked('Pick one way to set it down.');
  pick('Write two lines');
  await asked(/Two lines/);
  fireEvent.input(screen.getByRole('textbox'), { target: { value: 'It will keep till seven.' } });
  press('Keep it here');
  expect(await saved()).toEqual({ a: 3, b: [0], c: [0], d: 'It will keep till seven.' });
});

test('protected time branches on whether any was planned', async () => {
  await begin('P02');
  pick('No');
  await asked('What would help next week?');
  pick('One set hour');
  expect(await saved()).toEqual({ a: 1, d: [0] });
});

test('protected time that was kept asks nothing about what got in', async () => {
  await begin('P02');
  pick('Yes');
  await asked('How much of it stayed yours?');
  pick('Most');
  expect(await saved()).toEqual({ a: 0, b: 3 });
});

test('the tank is answered by the rod, and its Next waits with a reason until it is touched', async () => {
  await begin('P10');
  expect(screen.queryByRole('button', { name: 'Next' })).toBeNull();
  expect(screen.getByText('Waits for you to touch the rod')).toBeTruthy();
  press('Less');
  fireEvent.keyDown(screen.getByRole('slider'), { key: 'ArrowRight' });
  expect(screen.getByRole('slider').getAttribute('aria-valuetext')).toMatch(/plenty/);
  press('Next');
  await asked('Which was short today?');
  tick('Sleep');
  tick('Quiet');
  press('Next');
  expect(await saved()).toEqual({ a: 6, b: [0, 3] });
});

test('the rod shows no number', async () => {
  await begin('P10');
  press('More');
  expect(document.querySelector('.gauge')?.textContent).not.toMatch(/\d/);
});

test.each(['P01', 'P02', 'P10'] as const)('%s is through in at most three required taps', async (id) => {
  await begin(id);
  const seen = [question()];
  for (let taps = 0; taps < 3 && path.value === '/'; taps += 1) {
    const before = question();
    const choice = document.querySelectorAll<HTMLElement>('[data-choice]')[0];
    if (choice) fireEvent.click(choice);
    else press('Less');
    if (screen.queryByRole('button', { name: 'Next' })) press('Next');
    await waitFor(() => {
      if (path.value === '/' && question() === before) throw new Error('the same question');
    });
    seen.push(question());
  }
  await saved();
  expect(seen.length).toBeLessThanOrEqual(4);
});

test('every question can be skipped, and a check-in without answers is not kept', async () => {
  await begin('P02');
  history.replaceState(null, '', '/check-in/P02');
  path.value = '/check-in/P02';
  press('Skip');
  await waitFor(() => expect(path.value).toBe('/'));
  await refresh();
  expect(entries.value).toEqual([]);
});

test('a skipped question is absent from what is saved', async () => {
  await begin('P01');
  press('Skip');
  await asked('What is still on your mind?');
  tick('Tomorrow');
  press('Next');
  expect(await saved()).toEqual({ b: [4] });
});

test('Back keeps the answers, and changing one closes the way it had opened', async () => {
  await begin('P01');
  pick('Nearly all');
  await asked('What is still on your mind?');
  tick('A patient');
  press('Next');
  await asked('Pick one way to set it down.');
  press('Back');
  expect(screen.getByRole('checkbox', { name: 'A patient' }).getAttribute('aria-checked')).toBe('true');
  press('Back');
  expect(screen.getByRole('radio', { name: 'Nearly all' }).getAttribute('aria-checked')).toBe('true');
  pick('Some');
  await asked('What is still on your mind?');
  press('Next');
  expect(await saved()).toEqual({ a: 2, b: [0] });
});

test('at the limit nothing is disabled; the words say how to change one', async () => {
  await begin('P01');
  press('Skip');
  await asked('What is still on your mind?');
  tick('A patient');
  tick('Tomorrow');
  tick('Something I said');
  expect(screen.getByText(/Two picked; tap one to change it/)).toBeTruthy();
  expect(screen.getByRole('checkbox', { name: 'Something I said' }).getAttribute('aria-checked')).toBe('false');
  expect(document.querySelector('[disabled]')).toBeNull();
});

test('a check-in cut off by a crash goes on at the same question with the same answers', async () => {
  await begin('P01');
  pick('A little');
  await asked('What is still on your mind?');
  await waitFor(async () => expect((await draftOf(draftKey('P01')))?.at).toBe('b'));
  cleanup();
  await begin('P01');
  expect(question()).toBe('What is still on your mind?');
  tick('Tomorrow');
  press('Next');
  expect(await saved()).toEqual({ a: 1, b: [4] });
  expect(await draftOf(draftKey('P01'))).toBeNull();
});

test('a digit answers on a keyboard, and the new question takes the focus', async () => {
  await begin('P01');
  // The focus is set by the same effects that listen for digits.
  await waitFor(() => expect(document.activeElement?.textContent).toBe(question()));
  fireEvent.keyDown(document.body, { key: '2' });
  const heading = await asked('What is still on your mind?');
  await waitFor(() => expect(document.activeElement).toBe(heading));
});

test('who can see the answer hangs on the question and describes its choices', async () => {
  await begin('P01');
  const group = screen.getByRole('radiogroup', { name: 'How much of work is still with you?' });
  const described = document.getElementById(group.getAttribute('aria-describedby') ?? '');
  expect(described?.textContent).toBe('Counted only in groups of 5 or more');
});

// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { useState } from 'preact/hooks';
import { afterEach, expect, test } from 'vitest';
import { Band } from '../../src/parts/band';
import { ScaleRow } from '../../src/parts/choices';
import { inWords } from '../../src/parts/gauge';
import { NotEnough } from '../../src/parts/not-enough';
import { OwnChart, sentenceFor } from '../../src/parts/own-chart';
import { Plaque } from '../../src/parts/plaque';
import { match } from '../../src/parts/route';
import { Sheet } from '../../src/parts/sheet';

afterEach(cleanup);

function Opens() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
      {open && (
        <Sheet title="A sheet" onClose={() => setOpen(false)} dado={<button type="button">Last</button>}>
          <button type="button">First</button>
        </Sheet>
      )}
    </>
  );
}

function openSheet() {
  render(<Opens />);
  const opener = screen.getByRole('button', { name: 'Open' });
  opener.focus();
  fireEvent.click(opener);
  return { opener, dialog: screen.getByRole('dialog', { name: 'A sheet' }) };
}

test('a sheet takes the focus to its title', () => {
  openSheet();
  expect(document.activeElement?.textContent).toBe('A sheet');
});

test('focus goes round inside a sheet, both ways', () => {
  const { dialog } = openSheet();
  const first = screen.getByRole('button', { name: 'First' });
  const last = screen.getByRole('button', { name: 'Last' });
  last.focus();
  fireEvent.keyDown(dialog, { key: 'Tab' });
  expect(document.activeElement).toBe(first);
  fireEvent.keyDown(dialog, { key: 'Tab', shiftKey: true });
  expect(document.activeElement).toBe(last);
});

test('Escape closes a sheet and gives the focus back to what opened it', () => {
  const { opener, dialog } = openSheet();
  fireEvent.keyDown(dialog, { key: 'Escape' });
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(document.activeElement).toBe(opener);
});

test('a plaque opens who can see it, and never says five for a group of ten', () => {
  render(<Plaque audience="group_sensitive" k={10} />);
  fireEvent.click(screen.getByRole('button', { name: 'Counted only in groups of 10 or more' }));
  expect(screen.getByRole('dialog', { name: 'Who can see this?' }).textContent).toMatch(/only when 10 or more/);
});

test('a scale has one tab stop, and arrows move without answering', () => {
  const picked: number[] = [];
  render(
    <>
      <h1 id="q">How much?</h1>
      <ScaleRow
        options={['None', 'Some', 'All']}
        chosen={undefined}
        onPick={(index) => picked.push(index)}
        labelledBy="q"
      />
    </>,
  );
  const radios = screen.getAllByRole('radio');
  expect(radios.map((radio) => radio.tabIndex)).toEqual([0, -1, -1]);
  radios[0]?.focus();
  fireEvent.keyDown(radios[0] as HTMLElement, { key: 'ArrowUp' });
  expect(document.activeElement).toBe(radios[2]);
  expect(picked).toEqual([]);
});

test('a place on the rod is said in words', () => {
  const ends: [string, string] = ['Nothing left', 'Plenty'];
  const said = [0, 1, 4, 5, 6, 9, 10].map((value) => inWords(value, 0, 10, ends));
  expect(said[0]).toBe('At nothing left');
  expect(said[3]).toBe('In the middle');
  expect(said[6]).toBe('At plenty');
  expect(new Set(said).size).toBe(said.length);
  expect(said.join()).not.toMatch(/\d/);
});

test('a band and a missing result say a word and never a number of people', () => {
  const { container } = render(
    <>
      <Band band="few" />
      <NotEnough why="We never say how many." />
    </>,
  );
  expect(screen.getByRole('img', { name: 'few' })).toBeTruthy();
  expect(container.textContent).not.toMatch(/\d|%/);
});

const day = 86_400_000;
const dots = (count: number, apart = day) => Array.from({ length: count }, (_, n) => ({ at: n * apart, level: n % 3 }));
const words = (level: number) => ['Little', 'Some', 'A lot'][level] ?? '';

test('nothing is called a pattern before twenty answers and seven weeks', () => {
  expect(sentenceFor(dots(9), words)).toBe('Nine answers: too few to call it a trend.');
  expect(sentenceFor(dots(25), words)).toMatch(/too few/);
  expect(sentenceFor(dots(25, 3 * day), words)).toBe('About half of them lie between little and a lot.');
});

test('the own chart can be read as a list', async () => {
  render(
    <OwnChart
      title="Work still with me, six weeks"
      sentence="Two answers: too few to call it a trend."
      dots={[
        { at: Date.UTC(2026, 10, 3), level: 1 },
        { at: Date.UTC(2026, 10, 19), level: 2, now: true },
      ]}
      levels={['Little', 'Some', 'A lot']}
      from={Date.UTC(2026, 9, 8)}
      to={Date.UTC(2026, 10, 21)}
      zone="UTC"
    />,
  );
  const rows = () => [...document.querySelectorAll('tbody tr')].map((row) => row.textContent);
  expect(rows()).toEqual([]);
  const list = screen.getByText('Read it as a list').closest('details');
  if (!list) throw new Error('no list');
  list.open = true;
  fireEvent(list, new Event('toggle'));
  await waitFor(() => expect(rows()).toEqual(['3 NovSome', 'TodayA lot']));
});

test('a path fits its pattern, and a broken escape does not break the page', () => {
  expect(match('/c/:id', '/c/x1')).toEqual({ id: 'x1' });
  expect(match('/c/:id', '/c/%zz/')).toEqual({ id: '%zz' });
  expect(match('/c/:id', '/c')).toBeNull();
});

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import axe from 'axe-core';
import { afterEach, beforeEach } from 'vitest';
import type { Me, Protocol } from '../../src/contract';
import { path } from '../../src/parts/route';
import { CheckIn } from '../../src/screens/resident/check-in';
import { justKept, undoing } from '../../src/screens/resident/just-kept';
import { keepMe } from '../../src/store/shell';
import { entries, library, me, prompts, refresh } from '../../src/store/view';

export const RITA: Me = {
  id: 'rita',
  name: 'Rita Reyes',
  email: 'rita@house.example',
  role: 'resident',
  zone: 'America/Chicago',
  groups: [{ id: 'g1', name: 'Internal Medicine', kind: 'resident' }],
  push_key: '',
  identity: null,
  demo: null,
  residents_first_h: 24,
};

// The tests run in pwa/; the library lies beside it, where the server reads it.
const read = (id: string): Protocol =>
  JSON.parse(readFileSync(resolve(process.cwd(), `../api/library/protocols/${id}.json`), 'utf8'));

/** The protocols a resident really gets, by id. */
export const PROTOCOLS = { P01: read('P01'), P02: read('P02'), P10: read('P10') };

let count = 0;

/** Gives every test a phone of its own with the real library on it, and takes the page down afterwards. */
export function eachOnAPhone(): void {
  beforeEach(async () => {
    count += 1;
    const who = { ...RITA, id: `rita-${count}` };
    await keepMe(who);
    await refresh();
    me.value = who;
    library.value = { version: '1', protocols: Object.values(PROTOCOLS) };
    prompts.value = [];
    justKept.value = null;
    undoing.value = null;
    document.documentElement.lang = 'en';
    history.replaceState(null, '', '/');
    path.value = '/';
  });
  afterEach(cleanup);
}

/** Opens a check-in by hand and waits for its first question. */
export async function begin(id: keyof typeof PROTOCOLS): Promise<void> {
  render(<CheckIn protocol={PROTOCOLS[id]} promptId={null} />);
  await screen.findByRole('heading', { level: 1 });
}

export const question = () => screen.getByRole('heading', { level: 1 }).textContent?.trim();
export const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
export const pick = (name: string) => fireEvent.click(screen.getByRole('radio', { name }));
export const tick = (name: string) => fireEvent.click(screen.getByRole('checkbox', { name }));
export const asked = (words: string | RegExp) => screen.findByRole('heading', { level: 1, name: words });

/** The answers that were saved, once the close is reached. */
export async function saved() {
  await waitFor(() => {
    if (!path.value.startsWith('/done/')) throw new Error(`still at ${path.value}`);
  });
  await refresh();
  return entries.value[0]?.answers;
}

/** What axe-core finds wrong on the page. Contrast needs a real browser's paint and is checked there. */
export async function violations(): Promise<string[]> {
  const found = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`);
}

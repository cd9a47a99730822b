import { cleanup, render } from '@testing-library/preact';
import axe from 'axe-core';
import { afterEach, beforeEach } from 'vitest';
import type { Me } from '../../src/contract';
import Coach from '../../src/screens/coach';
import Coordinator from '../../src/screens/coordinator';
import { me } from '../../src/store/view';
import { House } from './house';

/** Gives every test of a file a house of its own, and takes the page down afterwards. */
export function eachInAHouse(): { current: House } {
  const held = { current: new House() };
  beforeEach(() => {
    held.current = new House();
    globalThis.fetch = held.current.fetch;
  });
  afterEach(cleanup);
  return held;
}

/** Opens a path as the person would: their screens, in a page with a language and a title. */
export function open(who: Me, path: string) {
  me.value = who;
  document.documentElement.lang = 'en';
  const Screens = who.role === 'coach' ? Coach : Coordinator;
  return render(<Screens path={path} />);
}

/** What axe-core finds wrong on the page. Contrast needs a real browser's paint and is checked there. */
export async function violations(): Promise<string[]> {
  const found = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`);
}

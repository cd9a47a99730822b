/** A phone: fresh modules over its own databases, as a browser profile has them. */

import { IDBFactory } from 'fake-indexeddb';
import { vi } from 'vitest';
import type { Me } from '../../src/contract';

/** The modules of one start of the app. */
export interface Phone {
  account: typeof import('../../src/session/account-key');
  checkins: typeof import('../../src/store/checkins');
  database: typeof import('../../src/store/database');
  device: typeof import('../../src/store/device');
  drafts: typeof import('../../src/store/drafts');
  engine: typeof import('../../src/journal/engine');
  identity: typeof import('../../src/seal/identity');
  merge: typeof import('../../src/store/merge');
  outbox: typeof import('../../src/store/outbox');
  prompts: typeof import('../../src/store/prompts');
  pulse: typeof import('../../src/pulse/engine');
  recovery: typeof import('../../src/session/recovery');
  sending: typeof import('../../src/pulse/sending');
  shell: typeof import('../../src/store/shell');
  tokens: typeof import('../../src/store/tokens');
  values: typeof import('../../src/store/values');
  view: typeof import('../../src/store/view');
}

/** A browser profile: its databases outlive the app's starts. */
export class Profile {
  readonly idb = new IDBFactory();

  /** Starts the app anew: nothing in memory, the same databases. */
  async start(): Promise<Phone> {
    vi.resetModules();
    globalThis.indexedDB = this.idb;
    const phone: Phone = {
      account: await import('../../src/session/account-key'),
      checkins: await import('../../src/store/checkins'),
      database: await import('../../src/store/database'),
      device: await import('../../src/store/device'),
      drafts: await import('../../src/store/drafts'),
      engine: await import('../../src/journal/engine'),
      identity: await import('../../src/seal/identity'),
      merge: await import('../../src/store/merge'),
      outbox: await import('../../src/store/outbox'),
      prompts: await import('../../src/store/prompts'),
      pulse: await import('../../src/pulse/engine'),
      recovery: await import('../../src/session/recovery'),
      sending: await import('../../src/pulse/sending'),
      shell: await import('../../src/store/shell'),
      tokens: await import('../../src/store/tokens'),
      values: await import('../../src/store/values'),
      view: await import('../../src/store/view'),
    };
    await phone.shell.wake();
    return phone;
  }

  /** The first start with somebody signed in and their key settled. */
  async signIn(me: Me): Promise<Phone> {
    const phone = await this.start();
    await phone.shell.keepMe(me);
    await phone.account.settleIdentity(me);
    return phone;
  }
}

/** A check-in of P10 as a screen would save it. */
export const tank = (a: number) => ({ protocol: 'P10', version: 1, answers: { a, b: [0] } });

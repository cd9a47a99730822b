/** Sends each open block's sheet when it differs from what the box confirmed. */

import * as api from '../api';
import { Offline, Refusal } from '../api';
import { dayIn, now } from '../clock';
import type { Block } from '../contract';
import { tell } from '../store/changes';
import { zoneOfMe } from '../store/person';
import type { SheetRow, TokenRow } from '../store/schema';
import { blockId, patchSheet, sheetRow } from '../store/sheets';
import { tokenRows } from '../store/tokens';
import { cached } from '../store/values';
import { ownCheckins } from './own';
import { type Contents, contentsOf, message, nextCounter, WITHDRAWN } from './sheet';

/** Milliseconds a sheet waits at random, so that it does not follow the named exchange at once. */
export const pace = { min: 3_000, max: 30_000 };

const wait = () => {
  const ms = pace.min + Math.random() * (pace.max - pace.min);
  return ms > 0 ? new Promise((done) => setTimeout(done, ms)) : Promise.resolve();
};

let sending: Promise<void> | null = null;

/** Begins a sending unless one is under way; resolves when it is over. Never throws. */
export function sendSheets(epoch: string): Promise<void> {
  sending ??= wait()
    .then(() => sendAll(epoch))
    .catch(() => {})
    .finally(() => {
      sending = null;
    });
  return sending;
}

async function sendAll(epoch: string): Promise<void> {
  const tokens = new Map((await tokenRows()).map((row) => [row.id, row]));
  const today = dayIn(await zoneOfMe());
  for (const block of (await cached('blocks')) ?? []) {
    const token = tokens.get(blockId(block));
    const open = block.open_day <= today && now() < Date.parse(block.closes_at);
    if (token?.sig && open) await sendOne(block, token, epoch);
  }
}

const spelled = (c: Contents) => JSON.stringify([c.w, Object.entries(c.a).sort(), c.s]);

async function wanted(block: Block, row: SheetRow): Promise<Contents | null> {
  const contents = row.taken_back ? WITHDRAWN : contentsOf(block, await ownCheckins());
  const empty = Object.keys(contents.a).length === 0;
  // A phone that never contributed has nothing to take back, and says nothing.
  if (empty && row.sent === null && row.going === null) return null;
  return empty ? WITHDRAWN : contents;
}

async function sendOne(block: Block, token: TokenRow, epoch: string): Promise<void> {
  const row = await sheetRow(blockId(block));
  const contents = await wanted(block, row);
  if (row.state === 'closed' || !contents) return;
  if (row.sent === spelled(contents) && row.box_epoch === epoch) {
    if (row.due) await patchSheet(row.id, { due: false });
    return;
  }
  try {
    await deliver(row, contents, token, epoch);
  } catch (error) {
    if (error instanceof Offline) throw error;
    if (!(error instanceof Refusal)) throw error;
    if (error.code === 'block_closed') await patchSheet(row.id, { state: 'closed', due: false });
  }
  tell('sheets');
}

/** The sheet is written down before it goes, so that after no answer the same bytes go again. */
async function deliver(row: SheetRow, contents: Contents, token: TokenRow, epoch: string): Promise<void> {
  const again = row.going !== null && spelled(row.going) === spelled(contents);
  const sheet = again && row.going ? row.going : { v: 1 as const, c: nextCounter(row.counter), ...contents };
  await patchSheet(row.id, { counter: sheet.c, going: sheet });
  try {
    await api.putSheet(message(token, sheet));
  } catch (error) {
    const stored = error instanceof Refusal && error.code === 'stale_sheet' ? error.members.counter : null;
    if (typeof stored !== 'number' || stored <= sheet.c) throw error;
    return deliver({ ...row, counter: stored, going: null }, contents, token, epoch);
  }
  await patchSheet(row.id, { going: null, sent: spelled(contents), box_epoch: epoch, due: false });
}

/** What the group said, as residents may see it first; and the check that this phone's key was everybody's. */

import * as api from '../api';
import { now } from '../clock';
import type { BoxRelease, Release } from '../contract';
import { tell } from '../store/changes';
import { currentPerson, strict } from '../store/database';
import type { TokenRow } from '../store/schema';
import { dropToken, tokenRows } from '../store/tokens';
import { cached, keepCached, keepSetting, setting } from '../store/values';
import { Alarm } from './alarm';
import { checkRelease } from './consistency';

/** The whole public list can be long, so it is read at most once an hour on the app's clock. */
const FRESH_MS = 3_600_000;
let held: { person: string | null; at: number; list: BoxRelease[] } | null = null;

/** The releases as the box shows them to everybody, read without a session. */
export async function publicReleases(): Promise<BoxRelease[]> {
  const person = currentPerson();
  if (!held || held.person !== person || now() - held.at > FRESH_MS || now() < held.at) {
    held = { person, at: now(), list: (await api.boxReleases()).releases };
  }
  return held.list;
}

/** Reads new releases and settles the tokens of closed blocks. True when a token was dropped. */
export async function settleReleases(): Promise<boolean> {
  const released = await read();
  let dropped = false;
  for (const row of await tokenRows()) {
    const release = released.find((r) => `${r.group.id}/${r.block}` === row.id);
    if (release) dropped = (await settleOne(row, release)) || dropped;
  }
  return dropped;
}

async function read(): Promise<Release[]> {
  const kept = await cached('releases');
  const { value, etag } = await api.releases(kept?.etag ?? null);
  if (!value) return kept?.value ?? [];
  await keepCached('releases', { etag, value: value.releases });
  tell('cache');
  return value.releases;
}

/** The residents' release could be made for one person, so the token stays until the public one is out and agrees. */
async function settleOne(row: TokenRow, release: Release): Promise<boolean> {
  const open = (await publicReleases()).find((r) => `${r.group}/${r.block}` === row.id);
  try {
    checkRelease(release, row.key_id);
    if (open) checkRelease(open, row.key_id);
  } catch (error) {
    if (!(error instanceof Alarm)) throw error;
    await keepSetting('alarms', { ...((await setting('alarms')) ?? {}), [row.id]: error.code });
  }
  if (!open) return false;
  await dropToken(row.id);
  await strict(['sheets'], (tx) => tx.objectStore('sheets').delete(row.id));
  return true;
}

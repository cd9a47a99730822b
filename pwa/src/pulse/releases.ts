/** What the group said, as residents may see it first; and the check that this phone's key was everybody's. */

import * as api from '../api';
import { now } from '../clock';
import type { BoxRelease, Release } from '../contract';
import { tell } from '../store/changes';
import { currentPerson, strict } from '../store/database';
import { dropToken, tokenRows } from '../store/tokens';
import { cached, keepCached, keepSetting, setting } from '../store/values';
import { Alarm } from './alarm';
import { checkRelease, opened, type ReleaseWitnesses } from './consistency';

/** The whole public list can be long, so it is read at most once an hour on the app's clock. */
const FRESH_MS = 3_600_000;
let held: { person: string | null; at: number; list: BoxRelease[] } | null = null;

/** The releases as the box lists them for everybody, by digest, read without a session. */
export async function publicReleases(): Promise<BoxRelease[]> {
  const person = currentPerson();
  if (!held || held.person !== person || now() - held.at > FRESH_MS || now() < held.at) {
    held = { person, at: now(), list: (await api.boxReleases()).releases };
  }
  return held.list;
}

/** Reads new releases, checks each, and settles the tokens of closed blocks. True when a token was dropped. */
export async function settleReleases(): Promise<boolean> {
  const released = await read();
  if (released.length === 0) return false;
  const [everybodys, tokens, pinned] = await Promise.all([publicReleases(), tokenRows(), setting('pinned')]);
  let dropped = false;
  for (const release of released) {
    const id = `${release.group.id}/${release.block}`;
    const listed = everybodys.find((r) => `${r.group}/${r.block}` === id) ?? null;
    const token = tokens.find((row) => row.id === id) ?? null;
    await check(id, release, { used: token?.key_id ?? pinned?.[id] ?? null, listed });
    // The residents' release could be made for one person, so the token stays until everybody's list has the block.
    if (!token || !listed) continue;
    await dropToken(id);
    await strict(['sheets'], (tx) => tx.objectStore('sheets').delete(id));
    dropped = true;
  }
  return dropped;
}

async function read(): Promise<Release[]> {
  const kept = await cached('releases');
  const { value, etag } = await api.releases(kept?.etag ?? null);
  if (!value) return kept?.value ?? [];
  const released = value.releases.map(opened);
  await keepCached('releases', { etag, value: released });
  tell('cache');
  return released;
}

async function check(id: string, release: Release, witnesses: ReleaseWitnesses): Promise<void> {
  try {
    await checkRelease(release, witnesses);
  } catch (error) {
    if (!(error instanceof Alarm)) throw error;
    const alarms = (await setting('alarms')) ?? {};
    if (alarms[id] !== error.code) await keepSetting('alarms', { ...alarms, [id]: error.code });
  }
}

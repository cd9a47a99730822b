/** The rescue file: unsent items, sealed to the person's own key, in a text file that says what it is. */

import { armor } from 'age-encryption';
import { nowInstant } from '../clock';
import type { Id } from '../contract';
import { open, seal } from '../seal/age';
import { type Held, identity } from '../seal/identity';
import { fromB64u, toB64u } from '../store/bytes';
import { currentPerson } from '../store/database';
import { putItemsBack, type Rescued, unsentItems } from '../store/rescued';

interface Contents {
  type: 'rescue';
  v: 1;
  person: Id;
  made_at: string;
  items: Rescued[];
}

export interface RescueFile {
  name: string;
  text: string;
  /** How many items are in it. */
  count: number;
}

/** There is no key on this phone yet, so nothing can be sealed or opened. */
export class NoKey extends Error {}

async function key(): Promise<Held> {
  const held = await identity();
  if (!held) throw new NoKey('no key on this phone');
  return held;
}

/** `unsaved`: check-ins still on the screen because the phone could not keep them. Throws NoKey. */
export async function makeRescue(unsaved: Rescued[] = []): Promise<RescueFile> {
  const held = await key();
  // A database that cannot be written can often be read; when not even that, what is on the screen is still rescued.
  const saved = unsentItems((body) => open(body, held.secret));
  const items = [...(await (unsaved.length > 0 ? saved.catch(() => []) : saved)), ...unsaved];
  const made_at = nowInstant();
  const contents: Contents = { type: 'rescue', v: 1, person: currentPerson() ?? '', made_at, items };
  const sealed = armor.encode(fromB64u(await seal(contents, held.publicKey)));
  const text = `${letter(made_at, items.length, await ownerOf(held.publicKey))}\n${sealed}\n`;
  return { name: `handrail-rescue-${made_at.slice(0, 10)}.txt`, text, count: items.length };
}

const letter = (made_at: string, count: number, owner: string): string =>
  `Handrail rescue file

This file holds ${count === 1 ? '1 item' : `${count} items`} that had not been delivered when it was made.
It is locked: only the person whose journal it comes from can open it, with the key of that journal.
To put it back: open Handrail, This phone, Your data, "Put back a rescue file". Nothing is doubled by doing it twice.
The block below is an age file (age-encryption.org).

Made: ${made_at}
Owner: ${owner}
`;

/** A short name of a key, so that a file of somebody else can be told from a damaged one. */
async function ownerOf(publicKey: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(publicKey)));
  const hex = [...digest.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return (hex.match(/.{4}/g) ?? []).join('-');
}

export type PutBack =
  | { state: 'done'; back: number; there: number }
  /** It belongs to another person, or to a key this account no longer has. */
  | { state: 'another' }
  /** It is a rescue file, and not whole any more. */
  | { state: 'damaged' }
  /** A newer version of the app made it. */
  | { state: 'newer' }
  | { state: 'not-a-rescue-file' };

const BLOCK = /-----BEGIN AGE ENCRYPTED FILE-----[\s\S]*?-----END AGE ENCRYPTED FILE-----/;

/** Reads a rescue file and puts what this phone lacks back on its way; doing it twice changes nothing. Throws NoKey. */
export async function putBackRescue(text: string): Promise<PutBack> {
  const held = await key();
  const begun = text.includes('-----BEGIN AGE ENCRYPTED FILE-----');
  if (!begun || !text.includes('Handrail rescue file')) return { state: 'not-a-rescue-file' };
  const owner = /^Owner: ([0-9a-f-]+)/m.exec(text)?.[1];
  if (owner && owner !== (await ownerOf(held.publicKey))) return { state: 'another' };
  const contents = await read(BLOCK.exec(text)?.[0] ?? '', held.secret);
  if (!contents) return { state: owner ? 'damaged' : 'another' };
  if (contents.type !== 'rescue' || !Array.isArray(contents.items)) return { state: 'not-a-rescue-file' };
  if (contents.v !== 1) return { state: 'newer' };
  if (contents.person !== currentPerson()) return { state: 'another' };
  if (!contents.items.every(isItem)) return { state: 'damaged' };
  return { state: 'done', ...(await putItemsBack(contents.items)) };
}

const read = (block: string, secret: string): Promise<Contents | null> =>
  Promise.resolve()
    .then(async () => (await open(toB64u(armor.decode(block)), secret)) as Contents)
    .catch(() => null);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Anybody who knows the person's public key could have made the file, so its form is looked at. */
function isItem(item: Rescued): boolean {
  const ids = [item.op_id, item.entity_id, ...(item.base === null ? [] : [item.base])];
  if (!ids.every((id) => UUID.test(id)) || Number.isNaN(Date.parse(item.occurred_at))) return false;
  if (item.cargo === 'prompt') return item.kind === 'prompt' && typeof item.body === 'string';
  if (item.kind === 'withdraw') return item.body === '' && item.checkin === null;
  return (item.kind === 'create' || item.kind === 'revise') && item.checkin?.type === 'checkin' && item.body === null;
}

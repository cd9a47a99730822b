/** Everything that needs the age library, which weighs more than the rest of the app: import this file lazily only. */

import { bech32 } from '@scure/base';
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { fromB64u, toB64u } from '../store/bytes';

export interface Identity {
  /** AGE-SECRET-KEY-1… */
  secret: string;
  /** age1… */
  publicKey: string;
}

const STEP = 1024;

export async function newIdentity(): Promise<Identity> {
  const secret = await generateX25519Identity();
  return { secret, publicKey: await identityToRecipient(secret) };
}

export const identityOf = async (secret: string): Promise<Identity> => ({
  secret,
  publicKey: await identityToRecipient(secret),
});

/** The 32 bytes of an identity, from which the mac key is derived. */
export function secretBytes(secret: string): Uint8Array<ArrayBuffer> {
  const { prefix, bytes } = bech32.decodeToBytes(secret);
  if (prefix.toUpperCase() !== 'AGE-SECRET-KEY-' || bytes.length !== 32) throw new TypeError('not an X25519 identity');
  return new Uint8Array(bytes);
}

/** JSON as UTF-8, filled up with spaces to a step of 1,024 bytes, so that the length tells little about the answers. */
export function padded(value: unknown): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const room = new Uint8Array(Math.ceil(bytes.length / STEP) * STEP).fill(0x20);
  room.set(bytes);
  return room;
}

/** An age file for one recipient, as base64url. */
export async function seal(value: unknown, publicKey: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(publicKey);
  return toB64u(await encrypter.encrypt(padded(value)));
}

/** Throws when the file was changed or is for somebody else. */
export async function open(body: string, secret: string): Promise<unknown> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(secret);
  return JSON.parse(await decrypter.decrypt(fromB64u(body), 'text'));
}

/**
 * The words hold 128 bits of chance, so scrypt has nothing to slow down: guessing them is hopeless at any speed. A low
 * work factor keeps the wait on an old phone under a tenth of a second.
 */
const WORK_FACTOR = 10;

/** A secret under a passphrase, as armoured text. */
export async function wrap(secret: string, passphrase: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(WORK_FACTOR);
  return armor.encode(await encrypter.encrypt(secret));
}

/** Throws when the passphrase does not fit. */
export async function unwrap(text: string, passphrase: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypter.decrypt(armor.decode(text), 'text');
}

/** The key pair that 32 secret bytes make; the same bytes always make the same one. */
export const identityFrom = (bytes: Uint8Array): Promise<Identity> =>
  identityOf(bech32.encodeFromBytes('AGE-SECRET-KEY-', bytes).toUpperCase());

/** A secret under a public key, as armoured text. */
export async function wrapTo(secret: string, publicKey: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(publicKey);
  return armor.encode(await encrypter.encrypt(secret));
}

/** Throws when it was wrapped to another key. */
export async function unwrapWith(text: string, secret: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(secret);
  return decrypter.decrypt(armor.decode(text), 'text');
}

/**
 * A passkey as a key: its PRF extension gives the same 32 secret bytes on every device the passkey reaches. They never
 * leave this file but as a key pair, and nothing of what the authenticator answers is sent anywhere.
 */

import { fromB64u, toB64u } from '../store/bytes';
import { type Identity, identityFrom } from './age';

/** This browser or this passkey cannot do it, or the person closed the question. */
export class NoPasskey extends Error {
  constructor(readonly why: 'unsupported' | 'refused') {
    super(why);
  }
}

export interface Passkey {
  credential_id: string;
  identity: Identity;
}

const encoded = (text: string) => new TextEncoder().encode(text);
const chance = () => crypto.getRandomValues(new Uint8Array(32));
const salt = () => crypto.subtle.digest('SHA-256', encoded('handrail/v1/passkey salt'));

export const passkeysHere = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' && 'credentials' in navigator && isSecureContext;

/** Makes a passkey for this person. Throws NoPasskey. */
export async function makePasskey(person: { id: string; email: string; name: string }): Promise<Passkey> {
  const publicKey: PublicKeyCredentialCreationOptions = {
    rp: { name: 'Handrail', id: location.hostname },
    user: { id: encoded(person.id), name: person.email, displayName: person.name },
    challenge: chance(),
    pubKeyCredParams: [
      { type: 'public-key', alg: -7 },
      { type: 'public-key', alg: -257 },
    ],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    extensions: { prf: { eval: { first: await salt() } } },
  };
  const made = await asked(() => navigator.credentials.create({ publicKey }));
  const told = made.getClientExtensionResults().prf;
  if (!told?.enabled && !told?.results) throw new NoPasskey('unsupported');
  const credential_id = toB64u(made.rawId);
  // Some authenticators tell the secret only when they are asked a second time.
  return told.results ? { credential_id, identity: await keyOf(told.results.first) } : readPasskey(credential_id);
}

/** Asks for the passkey with this id. Throws NoPasskey. */
export async function readPasskey(credential_id: string): Promise<Passkey> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    rpId: location.hostname,
    challenge: chance(),
    allowCredentials: [{ type: 'public-key', id: fromB64u(credential_id) }],
    userVerification: 'required',
    extensions: { prf: { eval: { first: await salt() } } },
  };
  const shown = await asked(() => navigator.credentials.get({ publicKey }));
  const first = shown.getClientExtensionResults().prf?.results?.first;
  if (!first) throw new NoPasskey('unsupported');
  return { credential_id, identity: await keyOf(first) };
}

async function asked(question: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!passkeysHere()) throw new NoPasskey('unsupported');
  const answer = await question().catch((error) => {
    throw new NoPasskey(error instanceof DOMException && error.name === 'NotAllowedError' ? 'refused' : 'unsupported');
  });
  if (!(answer instanceof PublicKeyCredential)) throw new NoPasskey('refused');
  return answer;
}

async function keyOf(secret: BufferSource): Promise<Identity> {
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: encoded('handrail/v1/passkey') };
  return identityFrom(new Uint8Array(await crypto.subtle.deriveBits(how, root, 256)));
}

/** An authenticator with the PRF extension: passkeys that answer with an HMAC, as CTAP's hmac-secret does. */

class Shown {
  constructor(
    readonly rawId: ArrayBuffer,
    private readonly prf: object | undefined,
  ) {}
  getClientExtensionResults = () => ({ prf: this.prf });
}

type Eval = { prf?: { eval?: { first: BufferSource } } };

export class Authenticator {
  private keys = new Map<string, CryptoKey>();
  /** Without it the passkey works and seals nothing. */
  prf = true;
  /** Told only when asked again, as some do. */
  late = false;
  /** The person closes the question. */
  refuses = false;

  /** Puts it where a browser has its authenticators; returns this. */
  plug(): this {
    Object.assign(globalThis, { PublicKeyCredential: Shown, isSecureContext: true });
    Object.defineProperty(navigator, 'credentials', { value: this, configurable: true });
    return this;
  }

  async create({ publicKey }: { publicKey: { extensions: Eval } }): Promise<Shown> {
    if (this.refuses) throw new DOMException('', 'NotAllowedError');
    const id = crypto.getRandomValues(new Uint8Array(32));
    const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    this.keys.set(String(id), key);
    const results = this.prf && !this.late ? await this.secret(key, publicKey.extensions) : undefined;
    return new Shown(id.buffer, this.prf ? { enabled: true, ...results } : undefined);
  }

  async get(asked: { publicKey: { allowCredentials: { id: Uint8Array }[]; extensions: Eval } }): Promise<Shown> {
    const { allowCredentials, extensions } = asked.publicKey;
    const id = allowCredentials[0]?.id;
    const key = id && this.keys.get(String(id));
    if (!id || !key || this.refuses) throw new DOMException('', 'NotAllowedError');
    return new Shown(id.slice().buffer as ArrayBuffer, this.prf ? await this.secret(key, extensions) : undefined);
  }

  private async secret(key: CryptoKey, extensions: Eval): Promise<object> {
    const salt = extensions.prf?.eval?.first;
    if (!salt) return {};
    return { results: { first: await crypto.subtle.sign('HMAC', key, salt) } };
  }
}

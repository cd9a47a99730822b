import { now } from '../clock';

const hex = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
const dashed = (h: string) => [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join('-');

/** A UUIDv7: sortable by the time it was made, which is why it never leaves the person's own stream. */
export function newOpId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const at = Math.max(0, Math.floor(now()));
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(at / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return dashed(hex(bytes));
}

/** A UUIDv4, which says nothing about when it was made. */
export const newDeviceId = (): string => crypto.randomUUID();

/** Twelve words of the BIP-39 English list: 128 bits of chance and a checksum that catches most slips of the pen. */

import { generateMnemonic, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';

export const newWords = (): string[] => generateMnemonic(wordlist, 128).split(' ');

/** As typed by a person: case and extra spaces do not matter. */
export const tidy = (words: string[]): string => words.join(' ').trim().toLowerCase().split(/\s+/).join(' ');

/** False when a word is not on the list or the checksum shows a slip. */
export const plausible = (words: string[]): boolean => validateMnemonic(tidy(words), wordlist);

const CHECK_WORDS = 6;
const BITS = 11;

/**
 * Six words that stand for a public key: two people, or two phones of one, who see the same words hold the same key. At 66
 * bits nobody finds another key with the same words while one is shown.
 */
export async function checkWords(publicKey: string): Promise<string[]> {
  const text = new TextEncoder().encode(`handrail/v1/check-words\0${publicKey}`);
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: CHECK_WORDS }, (_, i) => {
    const index = Number.parseInt(bits.slice(i * BITS, (i + 1) * BITS), 2);
    return wordlist[index] ?? '';
  });
}

/** Twelve words of the BIP-39 English list: 128 bits of chance and a checksum that catches most slips of the pen. */

import { generateMnemonic, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';

export const newWords = (): string[] => generateMnemonic(wordlist, 128).split(' ');

/** As typed by a person: case and extra spaces do not matter. */
export const tidy = (words: string[]): string => words.join(' ').trim().toLowerCase().split(/\s+/).join(' ');

/** False when a word is not on the list or the checksum shows a slip. */
export const plausible = (words: string[]): boolean => validateMnemonic(tidy(words), wordlist);

/** The few facts about the signed-in person the store itself needs. */

import type { Me } from '../contract';
import { shellValue } from './shell';

let zone: string | null = null;

/** Called whenever Me is read or changes, so that saving waits for no extra read. */
export function rememberZone(me: Me | null): void {
  zone = me?.zone ?? null;
}

/** The person's zone; the worker, which never loaded Me, reads it from the shell. */
export async function zoneOfMe(): Promise<string> {
  zone ??= (await shellValue('me'))?.zone ?? null;
  return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

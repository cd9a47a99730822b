/** Single values by name: settings, caches, keys. */

import { look, strict } from './database';
import type { CacheMap, KeyMap, SettingMap } from './schema';

export const setting = <K extends keyof SettingMap>(key: K): Promise<SettingMap[K] | undefined> =>
  look(['settings'], (tx) => tx.objectStore('settings').get(key) as Promise<SettingMap[K] | undefined>);

export const keepSetting = <K extends keyof SettingMap>(key: K, value: SettingMap[K]): Promise<void> =>
  strict(['settings'], async (tx) => {
    await tx.objectStore('settings').put(value, key);
  });

export const cached = <K extends keyof CacheMap>(key: K): Promise<CacheMap[K] | undefined> =>
  look(['cache'], (tx) => tx.objectStore('cache').get(key) as Promise<CacheMap[K] | undefined>);

export const keepCached = <K extends keyof CacheMap>(key: K, value: CacheMap[K]): Promise<void> =>
  strict(['cache'], async (tx) => {
    await tx.objectStore('cache').put(value, key);
  });

export const keyNamed = <K extends keyof KeyMap>(key: K): Promise<KeyMap[K] | undefined> =>
  look(['keys'], (tx) => tx.objectStore('keys').get(key) as Promise<KeyMap[K] | undefined>);

/** Keeps a key unless one of that name is there already, and returns the one that counts. */
export const keepKeyOnce = <K extends keyof KeyMap>(key: K, value: KeyMap[K]): Promise<KeyMap[K]> =>
  strict(['keys'], async (tx) => {
    const there = (await tx.objectStore('keys').get(key)) as KeyMap[K] | undefined;
    if (there) return there;
    await tx.objectStore('keys').put(value, key);
    return value;
  });

export const replaceKey = <K extends keyof KeyMap>(key: K, value: KeyMap[K]): Promise<void> =>
  strict(['keys'], async (tx) => {
    await tx.objectStore('keys').put(value, key);
  });

/** Notifications: shown, clicked, answered by a button. */

import * as api from '../api';
import { within } from '../push/within';
import { device } from '../store/device';
import { keepPromptOutcome, keepPrompts } from '../store/prompts';
import { keepTarget, wake } from '../store/shell';
import { flushReady } from './flush';
import { type Notice, noticeOf, ownPath } from './notice';
import { isPage } from './shell';

declare const self: ServiceWorkerGlobalScope;

interface Shown {
  path: string;
  promptId: string | null;
}

/** Browsers that know no buttons ignore them; the type libraries lag behind those that do. */
type Options = NotificationOptions & { actions?: { action: string; title: string }[]; renotify?: boolean };

const ICON = '/icons/icon-192.png';
const BADGE = '/icons/badge-96.png';
const BUTTONS = [
  { action: 'start', title: 'Start' },
  { action: 'later', title: 'In an hour' },
];

/** A browser ends an event that takes too long, and may hold that against the app. */
const CATCH_UP_MS = 20_000;
/** A tap may open a window for a moment only; a storage that does not answer must not use that moment up. */
const STORE_MS = 400;
const SNOOZE_MS = 2000;

/** One push, one notification: browsers take the subscription away from those who stay silent. */
export async function show(data: PushMessageData | null): Promise<void> {
  const notice = noticeOf(textOf(data), self.location.origin);
  await draw(notice).catch(() => drawPlainly(notice));
  await within(catchUp(notice), CATCH_UP_MS).catch(() => {});
}

/** A tap may follow where there is no network, so what the prompt asks is fetched now; so is what still waits sent. */
async function catchUp({ testId }: Notice): Promise<void> {
  const windows = await windowsOfOurs();
  for (const one of windows) one.postMessage({ type: 'arrived', testId });
  if (testId === null && !windows.some((one) => one.visibilityState === 'visible')) await badge();
  if (!(await wake())) return;
  await confirm(testId).catch(() => {});
  if (testId !== null) return;
  await flushReady();
  await keepPrompts((await api.prompts()).prompts);
}

/** The server hears that this phone showed something: the day, or that the test which was asked for has arrived. */
async function confirm(testId: string | null): Promise<void> {
  const { device_id } = await device();
  await (testId === null ? api.pushSeen(device_id) : api.confirmPushTest(device_id, testId));
}

/** The dot on the app's icon, where there is one; the page takes it away. */
async function badge(): Promise<void> {
  await (self.navigator as WorkerNavigator & { setAppBadge?(): Promise<void> }).setAppBadge?.().catch(() => {});
}

function textOf(data: PushMessageData | null): string | null {
  try {
    return data?.text() ?? null;
  } catch {
    return null;
  }
}

function draw(notice: Notice): Promise<void> {
  const data: Shown = { path: notice.path, promptId: notice.promptId };
  const options: Options = { body: notice.body, tag: notice.tag, data, icon: ICON, badge: BADGE };
  if (notice.promptId) options.actions = BUTTONS;
  // A second test must be noticed although the first still lies there.
  if (notice.testId) options.renotify = true;
  return self.registration.showNotification(notice.title, options);
}

/** For a browser that stumbles over an option it does not know. */
const drawPlainly = ({ title, tag, path, promptId }: Notice): Promise<void> =>
  self.registration.showNotification(title, { tag, data: { path, promptId } });

export async function clicked(notification: Notification, action: string): Promise<void> {
  notification.close();
  const { path, promptId } = (notification.data ?? {}) as Partial<Shown>;
  if (action === 'later' && promptId && (await snooze(promptId))) return;
  await open(ownPath(path, self.location.origin));
}

/** False when it could not be kept; then the page is opened, where it can be tried again. */
async function snooze(promptId: string): Promise<boolean> {
  try {
    await within(
      wake().then(() => keepPromptOutcome(promptId, 'snoozed')),
      SNOOZE_MS,
    );
  } catch {
    return false;
  }
  await flushReady().catch(() => {});
  return true;
}

/** The target is kept too, because iOS may open start_url instead; the page takes it at its start. */
async function open(path: string): Promise<void> {
  await within(keepTarget(path), STORE_MS).catch(() => {});
  const windows = await windowsOfOurs();
  const best = windows.find((w) => w.focused) ?? windows.find((w) => w.visibilityState === 'visible') ?? windows[0];
  if (best && (await focused(best))) best.postMessage({ type: 'open', url: path });
  else await self.clients.openWindow(path);
}

/** Those that show the app; a picture of ours in a tab of its own hears no message. */
async function windowsOfOurs(): Promise<WindowClient[]> {
  const all = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return all.filter((one) => isPage(new URL(one.url).pathname));
}

const focused = (client: WindowClient): Promise<boolean> =>
  client.focus().then(
    () => true,
    () => false,
  );

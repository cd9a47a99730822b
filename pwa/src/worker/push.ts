/** Notifications: shown, clicked, answered by a button. */

import { prompts } from '../api';
import { keepPromptOutcome, keepPrompts } from '../store/prompts';
import { keepShell, wake } from '../store/shell';
import { flushReady } from './flush';
import { type Notice, noticeOf } from './notice';

declare const self: ServiceWorkerGlobalScope;

interface Shown {
  path: string;
  promptId: string | null;
}

/** Browsers that know no buttons ignore them; the type libraries lag behind those that do. */
type Options = NotificationOptions & { actions?: { action: string; title: string }[] };

const ICON = '/icons/icon-192.png';
const BADGE = '/icons/badge-96.png';
const BUTTONS = [
  { action: 'start', title: 'Start' },
  { action: 'later', title: 'In an hour' },
];

/** One push, one notification: browsers take the subscription away from those who stay silent. */
export async function show(data: PushMessageData | null): Promise<void> {
  await draw(noticeOf(textOf(data), self.location.origin));
  await catchUp().catch(() => {});
}

/** A tap may follow where there is no network, so what the prompt asks is fetched now; so is what still waits sent. */
async function catchUp(): Promise<void> {
  await badge();
  if (!(await wake())) return;
  await flushReady();
  await keepPrompts((await prompts()).prompts);
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
  return self.registration.showNotification(notice.title, options);
}

export async function clicked(notification: Notification, action: string): Promise<void> {
  notification.close();
  const { path, promptId } = (notification.data ?? {}) as Partial<Shown>;
  if (action === 'later' && promptId && (await snooze(promptId))) return;
  await open(path ?? '/');
}

/** False when it could not be kept; then the page is opened, where it can be tried again. */
async function snooze(promptId: string): Promise<boolean> {
  try {
    await wake();
    await keepPromptOutcome(promptId, 'snoozed');
  } catch {
    return false;
  }
  await flushReady().catch(() => {});
  return true;
}

/** The target is kept too, because iOS may open start_url instead; the page takes it at its start. */
async function open(path: string): Promise<void> {
  await keepShell('target', path).catch(() => {});
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const best = windows.find((w) => w.focused) ?? windows.find((w) => w.visibilityState === 'visible') ?? windows[0];
  if (best && (await focused(best))) best.postMessage({ type: 'open', url: path });
  else await self.clients.openWindow(path);
}

const focused = (client: WindowClient): Promise<boolean> =>
  client.focus().then(
    () => true,
    () => false,
  );

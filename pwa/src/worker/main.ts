/** The service worker: the app's files offline, notifications, and deliveries while no page is open. */

import { wake } from '../store/shell';
import { flushReady } from './flush';
import { clicked, show } from './push';
import { type ChangeEvent, renewed } from './renewed';
import { answerTo, fill, tidy } from './shell';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => event.waitUntil(fill()));

self.addEventListener('activate', (event) => event.waitUntil(tidy().then(() => self.clients.claim())));

self.addEventListener('fetch', (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});

self.addEventListener('message', (event) => {
  if (event.data?.type === 'SKIP_WAITING') event.waitUntil(self.skipWaiting());
});

self.addEventListener('push', (event) => event.waitUntil(show(event.data)));

self.addEventListener('notificationclick', (event) => event.waitUntil(clicked(event.notification, event.action)));

self.addEventListener('pushsubscriptionchange', (event) => {
  const change = event as ChangeEvent;
  change.waitUntil(renewed(change));
});

// Background Sync, where it exists; a rejection makes the browser try again later.
self.addEventListener('sync' as 'message', (event) => event.waitUntil(wake().then(flushReady)));

// Served in the place of the app's worker while it is switched off (HANDRAIL_WORKER=off). It takes over at once, gives
// the pages back to the network, clears what the worker kept, and goes. What a person has saved lies elsewhere and stays.
self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => event.waitUntil(leave()));

// One that is on its way already must be shown, or the browser holds it against the app.
self.addEventListener('push', (event) =>
  event.waitUntil(self.registration.showNotification('A short check-in is ready', { tag: 'handrail' })),
);

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow('/'));
});

async function leave() {
  for (const name of await caches.keys()) await caches.delete(name);
  await self.registration.unregister();
}

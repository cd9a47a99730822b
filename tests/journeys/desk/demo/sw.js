// Shows one notification for each push, and opens its page when it or its button is pressed.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => {
  const { title, body, url } = event.data.json();
  const actions = [{ action: "start", title: "Start" }];
  event.waitUntil(self.registration.showNotification(title, { body, tag: "demo", data: url, actions }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(`${event.notification.data}?by=${event.action || "body"}`));
});

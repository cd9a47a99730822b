// Chromium's subscriptions always name https://fcm.googleapis.com. The page, and so the product's server, is shown
// the same path on the loopback push service instead.
(() => {
  const onLoopback = (url) => url.replace(/^https:\/\/(fcm\.googleapis\.com|jmt17\.google\.com)/, "LOOPBACK");
  const endpoint = Object.getOwnPropertyDescriptor(PushSubscription.prototype, "endpoint");
  const toJSON = PushSubscription.prototype.toJSON;
  Object.defineProperty(PushSubscription.prototype, "endpoint", {
    ...endpoint,
    get() {
      return onLoopback(endpoint.get.call(this));
    },
  });
  PushSubscription.prototype.toJSON = function () {
    const plain = toJSON.call(this);
    return { ...plain, endpoint: onLoopback(plain.endpoint) };
  };
})();

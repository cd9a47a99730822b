// Makes the app's own IndexedDB fail from here on, as often as told: "put" refuses writes to one store, "transaction" says
// that the connection is closed. Arguments: what fails, the error's name, how often (null for always), which store.
const [what, error, times, store] = args;
const page = window.wrappedJSObject ?? window;
const owner = what === "put" ? page.IDBObjectStore.prototype : page.IDBDatabase.prototype;
const whole = owner[what];
page.mendStore = () => { owner[what] = whole; };
let left = times ?? Number.POSITIVE_INFINITY;
owner[what] = function (...given) {
  const ours = what === "transaction" || this.name === store;
  if (ours && left > 0) {
    left -= 1;
    throw new page.DOMException("broken by the test", error);
  }
  return whole.apply(this, given);
};

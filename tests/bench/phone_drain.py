"""A phone that was three weeks without a network drains a thousand check-ins: exchanges, longest task, time.

The queue is put into the browser's own database as the app would have left it: locked under the device's key, numbered,
not sealed yet. Sealing, sending and settling are the app's own work, watched by the browser's own observer. A control
in the same page does steps of a few milliseconds with a pause between: the long tasks it has too are the machine's.
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.bench.figures import Figure
from tests.journeys import install_browsers, steps
from tests.journeys.browsers.chromium import Chromium
from tests.journeys.handrail import Handrail, address
from tests.journeys.waits import until

OPS = 1000
EXCHANGES_MAX = 20
TASK_MAX_MS = 50.0
DRAIN_S = 120
THREE_WEEKS_MS = 21 * 86_400_000

OPEN = """const list = await indexedDB.databases();
const name = list.map((db) => db.name).find((one) => one.startsWith("handrail/"));
const db = await new Promise((done, fail) => {
  const asked = indexedDB.open(name);
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => fail(asked.error);
});
const got = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});"""

FILL = (
    OPEN
    + """
const [many, span] = args;
const key = await got(db.transaction("keys").objectStore("keys").get("device"));
const lock = async (value) => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return {iv, data: await crypto.subtle.encrypt({name: "AES-GCM", iv}, key, bytes)};
};
const made = [];
for (let i = 0; i < many; i += 1) {
  const at = Date.now() - span + i * (span / many);
  const time = Math.floor(at).toString(16).padStart(12, "0");
  const id = () => `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
  const occurred_at = new Date(at).toISOString();
  const checkin = {type: "checkin", v: 1, protocol: "P01", version: 1, prompt_id: null,
                   answers: {a: i % 5, b: [i % 6]}, day: occurred_at.slice(0, 10)};
  made.push({op_id: id(), entity_id: id(), occurred_at, box: await lock(checkin)});
}
const tx = db.transaction(["settings", "outbox", "journal"], "readwrite");
const device = await got(tx.objectStore("settings").get("device"));
for (const {op_id, entity_id, occurred_at, box} of made) {
  tx.objectStore("outbox").put({op_id, entity_id, occurred_at, device_id: device.device_id, seq: device.next_seq,
    kind: "create", base: null, cargo: "checkin", plain: box, body: null});
  tx.objectStore("journal").put({entity_id, op_id, occurred_at, server_seq: null, withdrawn: false, parked: null, box});
  device.next_seq += 1;
}
tx.objectStore("settings").put(device, "device");
await new Promise((done, fail) => { tx.oncomplete = done; tx.onabort = () => fail(tx.error); });
db.close();
return made.length;"""
)

WATCH = """window.tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration)))
  .observe({type: "longtask"});
// Exchanges that carry something; the app may look for news once more when all is sent.
window.exchanges = 0;
const direct = window.fetch;
window.fetch = (path, init) => {
  if (path === "/api/sync" && !init.body.includes('"ops":[]')) window.exchanges += 1;
  return direct(path, init);
};
window.began = performance.now();
dispatchEvent(new Event("online"));
return true;"""

LEFT = (
    OPEN
    + """
const left = await got(db.transaction("outbox").objectStore("outbox").count());
db.close();
return left;"""
)

CONTROL = """const step = (many) => { let sum = 0; for (let i = 0; i < many; i += 1) sum += Math.sqrt(i); return sum; };
let many = 1e5, quickest = 0;
while (quickest < 4) {
  many *= 2;
  quickest = Infinity;
  for (let i = 0; i < 5; i += 1) {
    const from = performance.now();
    step(many);
    quickest = Math.min(quickest, performance.now() - from);
  }
}
const tasks = [];
const watch = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration)));
watch.observe({type: "longtask"});
const end = performance.now() + args[0];
while (performance.now() < end) { step(many); await scheduler.yield(); }
await new Promise((done) => setTimeout(done, 200));
watch.disconnect();
return tasks;"""

SEEN = """return JSON.stringify({tasks, exchanges, took: performance.now() - began});"""


def figures() -> Iterator[Figure]:
    if install_browsers.missing():
        raise RuntimeError(install_browsers.reason())
    with Handrail() as product:
        product.settle()
        with Chromium() as browser:
            seen = drain(browser, product)
            control = browser.js(CONTROL, seen["took"])
    yield Figure("drain_ops", OPS, "ops")
    yield Figure("drain_exchanges", seen["exchanges"], "exchanges", "<=", EXCHANGES_MAX)
    yield Figure("drain_longest_task", max(seen["tasks"], default=0.0), "ms", "<=", TASK_MAX_MS)
    yield Figure("drain_tasks_over_50_ms", len(seen["tasks"]), "tasks", "<=", 0)
    yield Figure("drain_control_longest_task", max(control, default=0.0), "ms")
    yield Figure("drain_control_tasks_over_50_ms", len(control), "tasks")
    yield Figure("drain_took", seen["took"] / 1000, "s")


def drain(browser: Chromium, product: Handrail) -> dict[str, Any]:
    """Fill the queue while the server is away, open the app anew, let the network come back, and watch."""
    steps.sign_in(browser, product, address("Rita"))
    steps.open_myself(browser)
    steps.wait_settled(browser)
    # The app asks for nothing of its own while the queue is counted: what it owed is settled first.
    steps.wait_delivered(browser)
    product.stop()
    browser.js(FILL, OPS, THREE_WEEKS_MS)
    browser.goto(product.origin)
    browser.wait_text(f"{OPS} waiting", within=60)
    product.start()
    browser.js(WATCH)
    until(lambda: browser.js(LEFT) == 0, "the queue to be empty", DRAIN_S, every=1.0)
    seen = json.loads(browser.js(SEEN))
    assert product.rows("SELECT count(*) FROM journal_op WHERE kind = 'create'")[0][0] >= OPS
    return dict(seen)

// Changes a person's database beside the running app, as a bug or a broken disk would, and tells the app to look.
// Arguments: the person's id; what to do: "queue" puts check-ins into the outbox, "lose" takes some out of it; a list.
const [person, what, list] = args;
const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const db = await asked(indexedDB.open(`handrail/${person}`));
const id = () => {
  const [a, b] = [Date.now().toString(16).padStart(12, "0"), crypto.randomUUID()];
  return `${a.slice(0, 8)}-${a.slice(8)}-7${b.slice(15)}`;
};
const made = [];
try {
  const key = await asked(db.transaction("keys").objectStore("keys").get("device"));
  const boxes = [];
  for (const { token } of what === "queue" ? list : []) {
    const day = new Date().toISOString().slice(0, 10);
    const body = { type: "checkin", v: 1, protocol: "P01", version: 1, answers: { a: 3, b: [4], c: [0], d: token } };
    const text = new TextEncoder().encode(JSON.stringify({ ...body, prompt_id: null, day }));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    boxes.push({ iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text) });
  }
  const tx = db.transaction(["settings", "outbox", "journal"], "readwrite", { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    tx.oncomplete = resolve;
    tx.onabort = () => reject(tx.error);
  });
  const [settings, outbox, journal] = ["settings", "outbox", "journal"].map((name) => tx.objectStore(name));
  if (what === "lose") for (const op of list) outbox.delete(op);
  else {
    const device = await asked(settings.get("device"));
    for (const [index, { kind, body }] of list.entries()) {
      const [op_id, entity_id, occurred_at] = [id(), id(), new Date().toISOString()];
      const about = { op_id, entity_id, occurred_at };
      const plain = body ? null : boxes[index];
      outbox.put({ ...about, kind: kind ?? "create", base: null, cargo: "checkin", plain, body: body ?? null,
        device_id: device.device_id, seq: device.next_seq });
      journal.put({ ...about, server_seq: null, withdrawn: false, parked: null, box: boxes[index] });
      device.next_seq += 1;
      made.push(entity_id);
    }
    settings.put(device, "device");
  }
  await done;
} finally {
  db.close();
}
new BroadcastChannel("handrail").postMessage("outbox");
return made;

// What this phone keeps, read beside the running app: the whole of one person's database, its bodies opened with the
// device's own key. Argument: the person's id. Answers null when there is no such database.
const [person] = args;
const name = `handrail/${person}`;
if (!(await indexedDB.databases()).some((each) => each.name === name)) return null;

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const opening = indexedDB.open(name);
opening.onupgradeneeded = () => opening.transaction.abort();
const db = await asked(opening);
const all = {};
try {
  const stores = ["settings", "keys", "outbox", "kept", "journal", "drafts"];
  const tx = db.transaction(stores, "readonly");
  const reading = stores.map(async (store) => [
    store, await asked(tx.objectStore(store).getAllKeys()), await asked(tx.objectStore(store).getAll()),
  ]);
  for (const [store, keys, values] of await Promise.all(reading)) all[store] = keys.map((key, i) => [key, values[i]]);
} finally {
  db.close();
}

const keys = Object.fromEntries(all.keys);
const settings = Object.fromEntries(all.settings);
async function opened(box) {
  if (!box || !keys.device) return null;
  try {
    const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, keys.device, box.data);
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    return { closed: String(error) };
  }
}
const rows = [];
for (const [, row] of all.journal) {
  const { entity_id, op_id, server_seq, withdrawn, parked } = row;
  rows.push({ entity_id, op_id, server_seq, withdrawn, parked, body: await opened(row.box) });
}
const drafts = [];
for (const [key, box] of all.drafts) drafts.push({ key, body: await opened(box) });
return {
  device: settings.device ?? null,
  sync: settings.sync ?? null,
  secret: keys.identity ? await opened(keys.identity.secret) : null,
  outbox: all.outbox.map(([, { op_id, entity_id, kind, seq, device_id, cargo, body }]) => (
    { op_id, entity_id, kind, seq, device_id, cargo, sealed: body !== null })),
  kept: all.kept.map(([, { op_id, entity_id }]) => ({ op_id, entity_id })),
  journal: rows,
  drafts,
};

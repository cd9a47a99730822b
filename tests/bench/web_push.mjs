// node's web-push as it is shipped, and with its VAPID header cached: messages a second of processor time and of wall time.
// Told by JSON on standard input, one line an order: { how: "shipped" | "cached", subscriptions, plain, ca, keys, concurrency }.
import https from 'node:https';
import readline from 'node:readline';
import webpush from 'web-push';

let keepAlive;

async function send(order) {
  const { how, subscriptions, plain, ca, keys, concurrency } = order;
  // As shipped it uses node's own agent; only our certificate has to be made known to it.
  https.globalAgent.options.ca = ca;
  keepAlive ??= new https.Agent({ keepAlive: true, maxSockets: 64, ca });
  const common = { TTL: 7200, urgency: 'high', topic: 'T'.repeat(32) };
  const vapidDetails = { subject: keys.subject, publicKey: keys.public, privateKey: keys.private };
  const audience = new URL(subscriptions[0].endpoint).origin;
  const cached = webpush.getVapidHeaders(audience, keys.subject, keys.public, keys.private, 'aes128gcm');
  const options = how === 'cached' ? { ...common, agent: keepAlive, headers: cached } : { ...common, vapidDetails };
  let next = 0;
  const one = async () => {
    while (next < subscriptions.length) await webpush.sendNotification(subscriptions[next++], plain, options);
  };
  const cpu = process.cpuUsage();
  const began = process.hrtime.bigint();
  await Promise.all(Array.from({ length: concurrency }, one));
  const used = process.cpuUsage(cpu);
  const wall = Number(process.hrtime.bigint() - began) / 1e9;
  return { cpu_s: (used.user + used.system) / 1e6, wall_s: wall };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await send(JSON.parse(line))));
}
process.exit(0);

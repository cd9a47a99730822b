// The smallest page that can be pushed to: it proves that the browsers, the service and the desktop work here.
const say = (words) => {
  document.querySelector("output").textContent = words;
};
const ready = navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready);
document.querySelector("button").addEventListener("click", async () => {
  try {
    const key = await (await fetch("/key")).text();
    const subscription = await (await ready).pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    await fetch("/subscription", { method: "PUT", body: JSON.stringify(subscription) });
    say("Prompts are on");
  } catch (error) {
    say(`${error.name}: ${error.message}`);
  }
});
ready.then(() => say("Worker ready"));

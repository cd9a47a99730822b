/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope;
declare const __SHELL__: [string, string][];

self.addEventListener('install', () => {
  console.info(__SHELL__.length);
});

import { defineConfig } from 'vitest/config';

// Only `build.ts` builds; this file holds what the page, the worker and the tests share.
export default defineConfig({
  base: '/',
  publicDir: false,
  // Fonts and icons are served from static/ as they are; vite would warn of each one it does not build.
  logLevel: 'error',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    sourcemap: false,
    // A data: URL is refused by our content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: 'node',
    include: ['tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
    maxWorkers: 2,
  },
});

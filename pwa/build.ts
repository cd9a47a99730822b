/** Builds the page and then the worker into the folder named on the command line. Started by build.py. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'vite';

const here = import.meta.dirname;
const byHand = join(here, '..', 'static');
const out = process.argv[2];
if (!out) throw new Error('name the folder to write');

/** Every file below a folder, in the same order on every machine. */
function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return names.flatMap((n) => (n.isDirectory() ? filesBelow(join(folder, n.name)) : [join(folder, n.name)]));
}

const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);

/**
 * What the worker keeps for a start with no network: [url, hash]. All of the app is in it, lazy parts too: after an
 * update of the server a running page must still find the parts of its own version.
 */
function shell(folder: string): [string, string][] {
  const keep = (url: string) => !/\.(txt|md)$/.test(url);
  const address = (p: string) => (p.endsWith('/index.html') ? '/' : `/${relative(folder, p)}`);
  const built = filesBelow(folder).map((p) => [address(p), digest(p)] as [string, string]);
  const hand = ['manifest.webmanifest', 'icons', 'fonts'].flatMap((name) => {
    const path = join(byHand, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return [];
    return (found.isDirectory() ? filesBelow(path) : [path]).map(
      (p) => [`/${relative(byHand, p)}`, digest(p)] as [string, string],
    );
  });
  return [...built, ...hand].filter(([url]) => keep(url));
}

await build({
  root: here,
  configFile: join(here, 'vite.config.ts'),
  build: { outDir: out, emptyOutDir: true, assetsDir: 'assets' },
});

await build({
  root: here,
  configFile: join(here, 'vite.config.ts'),
  define: { __SHELL__: JSON.stringify(shell(out)) },
  build: {
    outDir: out,
    emptyOutDir: false,
    rollupOptions: {
      input: join(here, 'src/worker/main.ts'),
      output: { format: 'iife', entryFileNames: 'sw.js', codeSplitting: false },
    },
  },
});

/** Builds the page and then the worker into the folder named on the command line. Started by build.py. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Rolldown } from 'vite';

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

/** Rooms only a coach or a coordinator enters; they work online, and no resident's phone should carry them. */
const DESK = /\/src\/(screens\/(coach|coordinator|desk)\/|style\/desk\.css)/;

/** The files that hold nothing but those rooms, their shared parts and styles included. */
function deskFiles(output: Rolldown.RolldownOutput): Set<string> {
  const chunks = output.output.filter((part) => part.type === 'chunk');
  const ofDesk = chunks.filter(({ moduleIds }) => moduleIds.length > 0 && moduleIds.every((id) => DESK.test(id)));
  return new Set(ofDesk.flatMap((chunk) => [chunk.fileName, ...(chunk.viteMetadata?.importedCss ?? [])]));
}

/**
 * What the worker keeps for a start with no network: [url, hash]. All of the phone is in it, lazy parts too: after an
 * update of the server a running page must still find the parts of its own version.
 */
function shell(folder: string, leftOut: Set<string>): [string, string][] {
  const keep = (url: string) => !/\.(txt|md)$/.test(url) && !leftOut.has(url.slice(1));
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

let first: Set<string> | null = null;

/** Everything the first paint needs goes into one file: what lazy parts share with it would split off into many. */
function ofTheFirstLoad(id: string, modules: Rolldown.ChunkingContext): string | null {
  first ??= reachedFrom(join(here, 'src/main.tsx'), (one) => modules.getModuleInfo(one)?.importedIds ?? []);
  return first.has(id) ? 'app' : null;
}

function reachedFrom(start: string, next: (id: string) => string[]): Set<string> {
  const found = new Set([start]);
  for (const id of found) for (const one of next(id)) found.add(one);
  return found;
}

const page = (await build({
  root: here,
  configFile: join(here, 'vite.config.ts'),
  build: {
    outDir: out,
    emptyOutDir: true,
    assetsDir: 'assets',
    rollupOptions: { output: { codeSplitting: { groups: [{ name: ofTheFirstLoad }] } } },
  },
})) as Rolldown.RolldownOutput;

await build({
  root: here,
  configFile: join(here, 'vite.config.ts'),
  define: { __SHELL__: JSON.stringify(shell(out, deskFiles(page))) },
  build: {
    outDir: out,
    emptyOutDir: false,
    rollupOptions: {
      input: join(here, 'src/worker/main.ts'),
      output: { format: 'iife', entryFileNames: 'sw.js', codeSplitting: false },
    },
  },
});

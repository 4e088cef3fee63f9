import { fileURLToPath } from 'node:url';
import { type PreviewServer, type Rolldown, build, preview } from 'vite';

const src = (path: string): string => fileURLToPath(new URL(`../../../src/${path}`, import.meta.url));

/** The package's own names lead to its sources, as a bundler for browsers chooses them. */
const alias = [
  { find: /^#files$/, replacement: src('formats/files/files-plain.ts') },
  { find: /^#mpi$/, replacement: src('keras/distribution/mpi/mpi-plain.ts') },
  { find: /^#ort$/, replacement: src('compiler/runtime/ort/ort-web.ts') },
  { find: /^#graphics$/, replacement: src('formats/graphics/renderer-plain.ts') },
  { find: /^#terminal$/, replacement: src('core/terminal/terminal-plain.ts') },
  { find: /^evenkeel$/, replacement: src('index.ts') },
  { find: /^evenkeel\/(normalization|plots)$/, replacement: src('tools/$1/index.ts') },
  { find: /^evenkeel\/([a-z-]+)$/, replacement: src('keras/$1/index.ts') },
];

/** Builds a page with Vite from the sources. Returns the files; writes them if a folder is given. */
export async function buildPage(root: string, input: string, outDir: string | null): Promise<Rolldown.RolldownOutput> {
  const output = await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { alias },
    build: {
      outDir: outDir ?? 'dist',
      emptyOutDir: outDir !== null,
      write: outDir !== null,
      chunkSizeWarningLimit: 1e6,
      rolldownOptions: { input },
    },
  });
  return (Array.isArray(output) ? output[0] : output) as Rolldown.RolldownOutput;
}

/** The headers with which a page may have threads. */
export const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;

/** Serves a folder. Returns the address and a function that stops the server. */
export async function servePage(
  outDir: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; readonly server: PreviewServer }> {
  const server = await preview({
    configFile: false,
    root: outDir,
    logLevel: 'error',
    build: { outDir },
    preview: { host: '127.0.0.1', headers: { ...headers } },
  });
  return { url: server.resolvedUrls!.local[0]!, server };
}

import { fileURLToPath } from 'node:url';
import { type Plugin, type UserConfig, defineConfig } from 'vite';
import { digitsPlugin } from './digits-plugin.ts';

const src = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** Requests to any other server are forbidden: nothing leaves the visitor's machine. */
const POLICY = [
  `default-src 'self'`,
  `script-src 'self' 'wasm-unsafe-eval'`,
  // The engine starts its threads from blobs, and charts set styles of elements.
  `worker-src 'self' blob:`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data: blob:`,
  `connect-src 'self' data: blob:`,
  `form-action 'none'`,
  `base-uri 'none'`,
].join('; ');

/** Writes the security policy into the built page: any host serves it. */
function policyPlugin(): Plugin {
  return {
    name: 'policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
    ],
  };
}

/** The headers with which browsers give a page several threads. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [digitsPlugin(), policyPlugin()],
  resolve: {
    alias: [
      { find: /^#files$/, replacement: src('formats/files/files-plain.ts') },
      { find: /^#mpi$/, replacement: src('keras/distribution/mpi/mpi-plain.ts') },
      { find: /^#ort$/, replacement: src('compiler/runtime/ort/ort-web.ts') },
      { find: /^#graphics$/, replacement: src('formats/graphics/renderer-plain.ts') },
      { find: /^#terminal$/, replacement: src('core/terminal/terminal-plain.ts') },
      { find: /^evenkeel$/, replacement: src('index.ts') },
      { find: /^evenkeel\/normalization$/, replacement: src('tools/normalization/index.ts') },
      { find: /^evenkeel\/([a-z-]+)$/, replacement: src('keras/$1/index.ts') },
    ],
  },
  worker: { format: 'es' },
  server: { headers },
  preview: { headers },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 1000 },
});

export default config;

import { defineConfig } from 'vite';

// With these headers, a page may use several threads.
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  // The engine's files stay beside the package.
  optimizeDeps: { exclude: ['evenkeel'] },
  server: { headers },
  preview: { headers },
});

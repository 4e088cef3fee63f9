import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Writes bench/evenkeel.bundle.mjs: bench/evenkeel.mjs with the files of the benches that it imports, some of which are
 * TypeScript, but without the package. Plain Node runs it; tsx would add 150 MiB to its memory.
 */
export async function writeBundle() {
  const bundle = await rolldown({
    input: path('evenkeel.mjs'),
    platform: 'node',
    external: /^evenkeel(\/|$)/,
  });
  // Beside the script, since both read files by their own address.
  await bundle.write({ file: path('evenkeel.bundle.mjs'), format: 'es' });
  await bundle.close();
}

/** A user's program: scripts/check-package.mjs runs it in a folder where the package has just been installed. */
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('node_modules/evenkeel/package.json', import.meta.url), 'utf8'));

for (const subpath of Object.keys(manifest.exports)) {
  if (subpath === './package.json') continue;
  await import(`evenkeel${subpath.slice(1)}`);
}

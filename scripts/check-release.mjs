/**
 * npm run check:release -- v1.2.3: fails unless the tag is the version of the package and of the source, and CHANGELOG.md has a
 * section for it with a date.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The reasons against a release of a tag. */
export function faultsOf(tag, { manifest, source, changelog }) {
  const { version } = JSON.parse(manifest);
  const faults = [];
  if (tag !== `v${version}`) faults.push(`the tag must be v${version}, the version in package.json. Received: ${tag}.`);
  const own = /VERSION[^=]*= '([^']+)'/.exec(source)?.[1];
  if (own !== version) faults.push(`VERSION in src/core/version.ts must be ${version}. Received: ${own}.`);
  const heading = changelog.split('\n').find((line) => line.startsWith(`## ${version}`));
  if (heading === undefined) faults.push(`CHANGELOG.md must have a section "## ${version}, <date>".`);
  else if (!/^## \S+, \d{4}-\d{2}-\d{2}$/.test(heading))
    faults.push(`CHANGELOG.md must say the date of ${version}: "## ${version}, 2027-01-31". Received: ${heading}.`);
  return faults;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = faultsOf(process.argv[2] ?? '', {
    manifest: read('package.json'),
    source: read('src/core/version.ts'),
    changelog: read('CHANGELOG.md'),
  });
  for (const fault of faults) console.log(fault);
  console.log(`${process.argv[2] ?? 'no tag'}: ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

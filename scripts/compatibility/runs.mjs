/** The runs of tests that docs/compatibility.md counts: scripts/compatibility/runs.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('runs.json', import.meta.url));

/** The runs: the last one of each kind of test in each environment. */
export function readRuns() {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** The system of this process, such as linux-x64. */
export const systemHere = `${process.platform}-${process.arch}`;

/** The major version of this Node, as a runtime. */
export const runtimeHere = `node ${process.versions.node.split('.')[0]}`;

/**
 * Adds a run, in place of an earlier one of the same tests there: `tests` is the command, `runtime` such as "node 24", "deno 2" or
 * "keras 3.15.1", and `version` the exact version.
 */
export function recordRun({ tests, runtime, version, passed }) {
  const run = { tests, system: systemHere, runtime, version, passed, date: new Date().toISOString().slice(0, 10) };
  const keyOf = (each) => `${each.tests} ${each.system} ${each.runtime}`;
  const others = readRuns().filter((each) => keyOf(each) !== keyOf(run));
  const all = [...others, run].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
}

/**
 * npm run features: runs the tests of Keras's features, counts in scripts/features/evidence.json
 * the tests that passed for each feature, and writes FEATURES.md.
 *
 * npm run features -- --check REPORT: fails if that file claims more than passed in a run, given vitest's JSON report.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Report, evidenceOf, countedTests } from './features/evidence.ts';
import { readInventory } from './features/inventory.ts';
import { type Evidence, readEvidence } from './features/table.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const EVIDENCE = join(root, 'scripts/features/evidence.json');

const inventory = readInventory();

const readReport = (path: string): Report => JSON.parse(readFileSync(path, 'utf8')) as Report;

/** Runs vitest; returns its exit status. */
function vitest(...args: readonly string[]): number {
  const command = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args];
  return spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status ?? 1;
}

/** The JSON of the evidence, with one line for each feature to keep changes readable. */
function textOf(evidence: Evidence): string {
  const lines = Object.entries(evidence).map(([key, files]) => `  ${JSON.stringify(key)}: ${JSON.stringify(files)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

function write(): number {
  const folder = mkdtempSync(join(tmpdir(), 'features-'));
  const file = join(folder, 'report.json');
  try {
    vitest('--reporter=json', `--outputFile.json=${file}`, ...countedTests(root));
    writeFileSync(EVIDENCE, textOf(evidenceOf(root, readReport(file), inventory)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return vitest('--project=unit', 'test/unit/docs/features.test.ts', '--update');
}

/** Prints the claims without evidence; returns the exit status, which is 1 if there are any. */
function check(report: string): number {
  const passed = evidenceOf(root, readReport(report), inventory);
  const vain = Object.entries(readEvidence()).flatMap(([key, files]) =>
    Object.entries(files)
      .filter(([file, count]) => (passed[key]?.[file] ?? 0) < count)
      .map(([file, count]) => `${key}: ${count} tests of ${file}, of which ${passed[key]?.[file] ?? 0} passed`),
  );
  for (const line of vain) console.log(line);
  if (vain.length > 0) console.log('scripts/features/evidence.json claims more than passed: run npm run features.');
  return vain.length > 0 ? 1 : 0;
}

const [flag, report] = process.argv.slice(2);
if (flag === '--check') {
  if (report === undefined) throw new Error("--check needs the path of vitest's JSON report.");
  process.exitCode = check(report);
} else {
  process.exitCode = write();
}

/**
 * node scripts/features.mjs: runs the tests that hold the code to Keras's numbers, notes in test/features/evidence.json
 * which of them passed for what, and writes FEATURES.md.
 *
 * node scripts/features.mjs --check REPORT: fails if that file claims more than passed in a run, given vitest's JSON report.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evidenceOf, goldenTests } from './features/evidence.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const EVIDENCE = join(root, 'test/features/evidence.json');

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const inventory = readJson(join(root, 'test/golden/keras-inventory.json')).cases;

function vitest(...args) {
  const command = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args];
  return spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status;
}

/** One line for each feature, so that changes are easy to read. */
function textOf(evidence) {
  const lines = Object.entries(evidence).map(([key, files]) => `  ${JSON.stringify(key)}: ${JSON.stringify(files)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

function write() {
  const folder = mkdtempSync(join(tmpdir(), 'features-'));
  const file = join(folder, 'report.json');
  try {
    vitest('--reporter=json', `--outputFile.json=${file}`, ...goldenTests(root));
    writeFileSync(EVIDENCE, textOf(evidenceOf(root, readJson(file), inventory)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return vitest('--project=unit', 'test/unit/docs/features.test.ts', '--update');
}

/** Prints what is claimed in vain; the exit status is 1 if anything is. */
function check(report) {
  const passed = evidenceOf(root, readJson(report), inventory);
  const vain = Object.entries(readJson(EVIDENCE)).flatMap(([key, files]) =>
    Object.entries(files)
      .filter(([file, count]) => (passed[key]?.[file] ?? 0) < count)
      .map(([file, count]) => `${key}: ${count} tests of ${file}, of which ${passed[key]?.[file] ?? 0} passed`),
  );
  for (const line of vain) console.log(line);
  if (vain.length > 0) console.log('test/features/evidence.json claims more than passed: run npm run features.');
  return vain.length > 0 ? 1 : 0;
}

const [flag, report] = process.argv.slice(2);
process.exitCode = flag === '--check' ? check(report) : write();

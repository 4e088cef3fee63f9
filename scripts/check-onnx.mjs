/**
 * Runs the tests of exports, and lets ONNX's checker and reference implementation read the files that they made:
 * scripts/check-onnx.py. Needs Python with onnx (EVENKEEL_PYTHON names it, else python3).
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TESTS = ['test/engine/keras/export/', 'test/engine/compiler/branches.test.ts'];

const folder = await mkdtemp(join(tmpdir(), 'evenkeel-onnx-'));
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const tests = spawnSync(process.execPath, [vitest, 'run', '--project', 'engine', ...TESTS], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, EVENKEEL_EXPORTS: folder },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const script = fileURLToPath(new URL('check-onnx.py', import.meta.url));
const { status } = spawnSync(process.env.EVENKEEL_PYTHON ?? 'python3', [script, folder], { stdio: 'inherit' });
await rm(folder, { recursive: true });
if (tests.status !== 0) console.log('The tests of exports failed.');
process.exitCode = tests.status !== 0 ? 1 : (status ?? 1);

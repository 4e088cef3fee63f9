/**
 * Runs examples and records what they print and draw in examples/outputs/, and the time in their headers:
 * npm run examples -- [--all | NAME…]. Without a name, those run whose programs have changed. Writes examples/README.md, too.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { overview } from './examples/overview.ts';
import { type Recorded, outputsFolder, readRecord } from './examples/recorded.ts';
import { exampleNames, examplesFolder, readExample } from './examples/source.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const changed = exampleNames.filter((name) => readRecord(name)?.hash !== readExample(name).hash);
const names = values.all ? exampleNames : positionals.length > 0 ? positionals : changed;

mkdirSync(outputsFolder, { recursive: true });
for (const name of names) {
  const example = readExample(name);
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-example-'));
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/tsx/dist/cli.mjs'),
      '--tsconfig',
      join(root, 'tsconfig.built.json'),
      `${examplesFolder}${name}.ts`,
    ],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' } },
  );
  const seconds = Math.max(1, Math.round((performance.now() - start) / 1000));
  if (status !== 0) throw new Error(`examples/${name}.ts failed:\n${stdout}\n${stderr}`);
  const plots = readdirSync(folder).filter((file) => /\.(svg|png)$/.test(file));
  for (const plot of plots) copyFileSync(join(folder, plot), outputsFolder + plot);
  rmSync(folder, { recursive: true });
  const record: Recorded = {
    hash: example.hash,
    seconds,
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    output: stdout.trimEnd(),
    plots,
  };
  writeFileSync(`${outputsFolder}${name}.json`, `${JSON.stringify(record, null, 2)}\n`);
  const file = `${examplesFolder}${name}.ts`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^( \* @time ).*$/m, `$1${seconds} s`));
  console.log(`${name}: ${seconds} s`);
}
writeFileSync(`${examplesFolder}README.md`, await overview());

/**
 * npm run lab NAME …: runs labs and writes their results into docs/labs/.
 * npm run labs: runs all of them.
 *
 *   --quick        two seeds, little data: shows that the labs work, checks weak statements, and writes nothing
 *   --out FOLDER   writes the results there instead; with --quick too
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, platform, release, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setThreads } from 'evenkeel';
import { labs } from './all.ts';
import { type Lab, showEstimate, verdictOf } from './lab.ts';
import { type Results, readResults, resultsFolder } from './results.ts';

const threads = 2;
const fullSeeds = [1, 2, 3, 4, 5];
const quickSeeds = [1, 2];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, quick: { type: 'boolean', default: false }, out: { type: 'string' } },
});
const { quick } = values;
const folder = values.out ?? (quick ? null : resultsFolder);
const names = labs.map(({ name }) => name);
const chosen = values.all === true && positionals.length === 0 ? names : positionals;
const unknown = chosen.find((name) => !names.includes(name));

if (unknown !== undefined || chosen.length === 0) {
  console.error(`${unknown === undefined ? 'Name a lab' : `There is no lab ${unknown}`}: ${names.join(', ')}.`);
  process.exitCode = 1;
} else if (chosen.length === 1) {
  setThreads(threads);
  await runOne(labs.find(({ name }) => name === chosen[0])!);
} else {
  runAll();
}

/** Runs each lab in a process of its own, so that none is slower because of those before it. */
function runAll(): void {
  const seconds = new Map(readResults().map((result) => [result.name, result.seconds]));
  const failed: string[] = [];
  const start = performance.now();
  for (const [i, name] of chosen.entries()) {
    const left = chosen.slice(i).map((other) => seconds.get(other) ?? 120);
    const about = quick ? '' : `, about ${minutes(left.reduce((sum, value) => sum + value, 0))} left`;
    console.log(
      `\n[${i + 1}/${chosen.length}] ${name} (${minutes((performance.now() - start) / 1000)} elapsed${about})`,
    );
    const options = [...(quick ? ['--quick'] : []), ...(values.out === undefined ? [] : ['--out', values.out])];
    const args = [...process.execArgv, process.argv[1]!, name, ...options];
    if (spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0) failed.push(name);
  }
  const total = minutes((performance.now() - start) / 1000);
  console.log(`\n${chosen.length - failed.length} of ${chosen.length} labs ran in ${total}.`);
  if (failed.length === 0) return;
  console.error(`Failed: ${failed.join(', ')}.`);
  process.exitCode = 1;
}

async function runOne(lab: Lab): Promise<void> {
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  let shown = 0;
  const progress = (fraction: number): void => {
    // A line each tenth; a terminal redraws one line.
    const redraws = process.stdout.isTTY;
    if (!redraws && fraction < shown + 0.1) return;
    shown = fraction;
    const left = (elapsed() * (1 - fraction)) / fraction;
    const text = `${lab.name} ${(100 * fraction).toFixed(0)}%, ${minutes(elapsed())} elapsed, about ${minutes(left)} left`;
    process.stdout.write(redraws ? `\r\u001b[K${text}${fraction >= 1 ? '\n' : ''}` : `${text}\n`);
  };
  const seeds = quick ? quickSeeds : fullSeeds;
  const measured = await lab.run({ seeds, quick, progress });
  const verdict = verdictOf(measured.checks);
  console.log(`\nClaim: ${lab.claim}`);
  for (const check of measured.checks)
    console.log(`  [${check.holds ? 'x' : ' '}] ${check.statement} ${showEstimate(check)}`);
  for (const observation of measured.observations) console.log(`  ${observation}`);
  console.log(`Verdict: ${verdict}${quick ? ' (a quick run: it decides nothing)' : ''}, ${minutes(elapsed())}.`);

  for (const [statement, holds] of Object.entries(measured.sanity)) {
    if (holds) continue;
    console.error(`${lab.name}: not true in this run: ${statement}.`);
    process.exitCode = 1;
  }
  const plots: { file: string; title: string }[] = [];
  for (const [part, plot] of Object.entries(measured.plots)) {
    const file = `${lab.name}-${part}.svg`;
    const svg = await plot.svg();
    plots.push({ file, title: plot.title });
    if (folder === null) continue;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), `${svg}\n`);
  }
  if (folder === null) return;
  const { name, title, claim, setup } = lab;
  const { checks, observations, numbers } = measured;
  const results: Results = {
    ...{ name, title, claim, setup, verdict, checks: checks.map(rounded), observations, plots },
    command: `npm run lab ${name}`,
    ...{ seeds, seconds: Math.round(elapsed()), date: new Date().toISOString().slice(0, 10) },
    ...{ machine: machine(), versions: versions(), numbers },
  };
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${compact(results)}\n`);
  console.log(`Wrote ${relative(process.cwd(), path)}.`);
}

function rounded<T extends Results['checks'][number]>(check: T): T {
  const short = (value: number): number => Number(value.toPrecision(5));
  const { mean, low, high } = check.estimate;
  return {
    ...check,
    values: check.values.map(short),
    estimate: { mean: short(mean), low: short(low), high: short(high) },
  };
}

/** JSON with indentation, and lists of numbers on one line. */
function compact(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(/\[[-\d.,\s e+null]*\]/g, (list) =>
    list.replaceAll(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')}`;
}

function machine(): Results['machine'] {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const { model = 'unknown' } = cpus()[0] ?? {};
  return { CPU: model, cores: cpus().length, threads, memory, system: `${platform()} ${release()}` };
}

function versions(): Results['versions'] {
  const require = createRequire(import.meta.url);
  const manifest = (path: string): string => (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  return {
    evenkeel: manifest(fileURLToPath(new URL('../package.json', import.meta.url))),
    'onnxruntime-node': manifest(require.resolve('onnxruntime-node/package.json')),
    node: process.versions.node,
  };
}

/**
 * npm run bench: measures evenkeel and its peers in turn, prints markdown tables, and writes bench/results/latest.json.
 * Nothing runs beside anything else: one process at a time. bench/README.md has the rest.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { writeBundle } from './bundle.mjs';
import { evenkeel, installedModules, runWorkloads, writeNetworks } from './implementations.mjs';
import { median, show } from './numbers.ts';
import { readOptions } from './options.mjs';
import { Results } from './results.mjs';
import { findWorkload } from './workloads.mjs';

/** Longer than anything takes that works. */
const LIMIT = 15 * 60_000;

const options = readOptions();
const { quick, cores, rounds } = options;
if (options.isScaling) {
  const { measureScaling } = await import('./scaling.mjs');
  await measureScaling(options);
  process.exit();
}
const load = loadavg()[0];

const modules = options.peers.length > 0 ? installedModules() : new Set();
const columns = [evenkeel, ...options.peers];
const installed = columns.filter((each) => (each.modules ?? []).every((module) => modules.has(module)));
const results = new Results(columns, installed);

const files = options.workloads.flatMap((name) => findWorkload(name, quick).file ?? []);
await writeBundle();
if (files.length > 0) writeNetworks([...new Set(files)]);

/** Milliseconds a step, in every round; the other kinds are measured once. */
function kindOf(name) {
  const { marks, peak, sizes, batches, startup } = findWorkload(name, quick);
  if (batches !== undefined) return 'curve';
  if (startup) return 'startup';
  if (marks === undefined) return 'time';
  return peak ? 'peak' : sizes ? 'sizes' : 'memory';
}

const ofKind = (kind) => options.workloads.filter((name) => kindOf(name) === kind);
const [timed, curves, startups, steps, sizes, peaks] = ['time', 'curve', 'startup', 'memory', 'sizes', 'peak'].map(
  ofKind,
);

/** Measures an implementation, and says so on standard error. */
async function measure(implementation, workloads, where, startup = false) {
  const own = workloads.filter((name) => !(findWorkload(name, quick).without ?? []).includes(implementation.id));
  if (own.length === 0) return;
  const onReport = (report) => {
    results.add(implementation.id, report);
    console.error(`${where} ${report.workload.padEnd(10)} ${implementation.title}: ${figures(report)}`);
  };
  await runWorkloads(implementation, own, { quick, cores, limit: LIMIT, startup, onReport });
}

/** A report in short. */
function figures({ times, curve, parts, memory, error }) {
  if (error !== undefined) return error;
  if (curve) return `${curve.map((each) => show(median(each))).join(' ')} ms`;
  if (parts) return `${show(parts.total)} ms`;
  return times ? `${show(median(times))} ms` : memory.map((size) => size.toFixed(0)).join(' ');
}

for (let round = 0; round < rounds; round++) {
  const where = `round ${round + 1}/${rounds}`;
  // Whoever comes first finds the machine cooler, so that everybody does in turn.
  const order = installed.map((_, i) => installed[(i + round) % installed.length]);
  // A quick run starts each implementation once, since starting is most of its time.
  const parts = quick ? [timed] : timed.map((name) => [name]);
  for (const part of parts) {
    for (const implementation of order) await measure(implementation, part, where);
  }
}
for (const name of startups) {
  for (let i = 0; i < findWorkload(name, quick).samples; i++) {
    for (const implementation of installed) await measure(implementation, [name], 'startup  ', true);
  }
}
for (const name of curves) {
  for (const implementation of installed) await measure(implementation, [name], 'batches  ');
}
for (const name of [...peaks, ...steps, ...sizes]) {
  const all = !quick || kindOf(name) === 'peak';
  for (const implementation of all ? installed : [evenkeel]) await measure(implementation, [name], 'memory   ');
}

const versions = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
const machine = `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores`;
const setting = `${rounds} ${rounds === 1 ? 'round' : 'rounds'}${quick ? ', quick' : ''}${cores === undefined ? '' : `, on cores ${cores}`}`;
console.log(`\n${machine}; 2 threads; ${setting}; load before: ${load.toFixed(1)}.\n${versions.join(', ')}.\n`);
if (load > 0.5) console.log('**The machine was not idle: these numbers are noise.**\n');
if (timed.length > 0) console.log(`${results.timeTable(timed)}\n`);
if (startups.length > 0) console.log(`${results.startupTable(startups)}\n`);
for (const name of curves) console.log(`${results.curveTable(name, quick)}\n`);
if (steps.length > 0) console.log(`${results.memoryTable(steps, quick)}\n`);
if (sizes.length > 0) console.log(`${results.sizesTable(sizes)}\n`);
if (peaks.length > 0) console.log(`${results.peakTable(peaks)}\n`);
for (const { key, error } of results.errors) console.log(`- ${key} failed: ${error}`);

const folder = new URL('results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const record = { date: new Date().toISOString(), machine, load, quick, rounds, cores: cores ?? null };
const content = { ...record, versions: results.versions, results };
writeFileSync(new URL('latest.json', folder), `${JSON.stringify(content)}\n`);

process.exitCode = results.errors.length > 0 ? 1 : 0;

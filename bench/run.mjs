/**
 * npm run bench: measures evenkeel and its peers in turn, prints markdown tables, and writes bench/results/latest.json.
 * Nothing runs beside anything else: one process at a time. bench/README.md has the rest.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { evenkeel, installedModules, runWorkloads, writeNetworks } from './implementations.mjs';
import { median, show } from './numbers.ts';
import { readOptions } from './options.mjs';
import { Results } from './results.mjs';
import { findWorkload } from './workloads.mjs';

/** Longer than anything takes that works. */
const LIMIT = 15 * 60_000;

const options = readOptions();
const { quick, cores, rounds } = options;
const load = loadavg()[0];

const modules = options.peers.length > 0 ? installedModules() : new Set();
const columns = [evenkeel, ...options.peers];
const installed = columns.filter((each) => (each.modules ?? []).every((module) => modules.has(module)));
const results = new Results(columns, installed);

const files = options.workloads.flatMap((name) => findWorkload(name, quick).file ?? []);
if (files.length > 0) writeNetworks([...new Set(files)]);

const isTimed = (name) => findWorkload(name, quick).marks === undefined;
const timed = options.workloads.filter(isTimed);
const inMemory = options.workloads.filter((name) => !isTimed(name));

/** Measures an implementation, and says so on standard error. */
async function measure(implementation, workloads, where) {
  const own = workloads.filter((name) => !(findWorkload(name, quick).without ?? []).includes(implementation.id));
  if (own.length === 0) return;
  const onReport = (report) => {
    results.add(implementation.id, report);
    const { times, memory, error } = report;
    const figures = times ? `${show(median(times))} ms` : (memory?.map((size) => size.toFixed(0)).join(' ') ?? error);
    console.error(`${where} ${report.workload.padEnd(10)} ${implementation.title}: ${figures}`);
  };
  await runWorkloads(implementation, own, { quick, cores, limit: LIMIT, onReport });
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
for (const name of inMemory) {
  const all = !quick || findWorkload(name, quick).peak === true;
  for (const implementation of all ? installed : [evenkeel]) await measure(implementation, [name], 'memory   ');
}

const versions = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
const machine = `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores`;
const setting = `${rounds} ${rounds === 1 ? 'round' : 'rounds'}${quick ? ', quick' : ''}${cores === undefined ? '' : `, on cores ${cores}`}`;
console.log(`\n${machine}; 2 threads; ${setting}; load before: ${load.toFixed(1)}.\n${versions.join(', ')}.\n`);
if (load > 0.5) console.log('**The machine was not idle: these numbers are noise.**\n');
if (timed.length > 0) console.log(`${results.timeTable(timed)}\n`);
const ofKind = (kind) => inMemory.filter((name) => findWorkload(name, quick)[kind] === true);
const sizes = ofKind('sizes');
const peaks = ofKind('peak');
const steps = inMemory.filter((name) => !sizes.includes(name) && !peaks.includes(name));
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

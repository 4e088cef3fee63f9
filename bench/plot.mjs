/**
 * npm run bench:plot: draws the cost against the batch size of the last run of `npm run bench` that measured it, from
 * bench/results/latest.json, into docs/images/cost-against-batch.svg, or into the file that is given.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lineChart, smallMultiples } from 'evenkeel/plots';
import { evenkeel, peers } from './implementations.mjs';
import { findWorkload } from './workloads.mjs';

const recorded = new URL('results/latest.json', import.meta.url);
const { machine, quick, results } = JSON.parse(readFileSync(recorded, 'utf8'));
const names = ['cost.step', 'cost.predict'].filter((name) => results[name] !== undefined);

/** @param {string} name of the workload */
function chart(name) {
  const { title, batches } = findWorkload(name, quick);
  const series = [evenkeel, ...peers].flatMap(({ id, title }) => {
    const curve = results[name][id]?.curve;
    return curve ? [{ name: title, x: batches, y: curve.map(({ median }, i) => (median * 1e3) / batches[i]) }] : [];
  });
  return lineChart({
    title,
    x: { label: 'batch size', scale: 'log', ticks: batches, domain: [batches[0], batches.at(-1)] },
    y: { label: 'µs per row', scale: 'log', format: 'd' },
    series,
    points: true,
    width: 420,
    height: 300,
  });
}

if (names.length === 0) {
  console.error('The last run did not measure the cost: npm run bench -- --only cost.');
  process.exitCode = 1;
} else {
  const plot = smallMultiples({ title: 'Cost against the batch size', subtitle: machine, plots: names.map(chart) });
  const file = process.argv[2] ?? fileURLToPath(new URL('../docs/images/cost-against-batch.svg', import.meta.url));
  writeFileSync(file, await plot.svg());
  console.log(file);
}

/**
 * npm run bench:plot-scaling: draws the efficiency that the model of docs/scaling.md gives for many processes, from
 * bench/results/scaling.json, which `npm run bench -- --only scaling` writes, into docs/images/scaling.svg; and prints its table.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lineChart, smallMultiples } from 'evenkeel/plots';
import { efficiency, links } from './scaling-model.mjs';

const { measured } = JSON.parse(readFileSync(new URL('results/scaling.json', import.meta.url), 'utf8'));
const steps = measured.map(({ title, one, two }) => ({
  title,
  time: one.time,
  messages: two.messages,
  bytes: two.bytes,
}));
const counts = Array.from({ length: 11 }, (_, i) => 2 ** i);

const chart = (link) =>
  lineChart({
    title: link.title,
    x: { label: 'processes', scale: 'log', ticks: [1, 4, 16, 64, 256, 1024], domain: [1, 1024] },
    y: { label: 'efficiency', domain: [0.8, 1], format: '.2f' },
    series: steps.map((step) => ({
      name: step.title,
      x: counts,
      y: counts.map((count) => efficiency(step, link, count)),
    })),
    points: true,
    width: 420,
    height: 300,
  });

const plot = smallMultiples({
  title: 'Efficiency of a step, by the model',
  subtitle: 'rows per process are constant',
  plots: links.map(chart),
});
const file = process.argv[2] ?? fileURLToPath(new URL('../docs/images/scaling.svg', import.meta.url));
writeFileSync(file, await plot.svg());
console.log(file);

const cells = links.flatMap((link) => [64, 1024].map((count) => ({ link, count })));
console.log(`| network | ${cells.map(({ link, count }) => `${count}, ${link.title}`).join(' | ')} |`);
console.log(`|${' --- |'.repeat(1 + cells.length)}`);
for (const step of steps) {
  console.log(
    `| ${[step.title, ...cells.map(({ link, count }) => efficiency(step, link, count).toFixed(2))].join(' | ')} |`,
  );
}

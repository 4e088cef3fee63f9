/**
 * npm run bench:precision: how far the normalization layers are from float64 truth in float32, in evenkeel, measured
 * now, and in other libraries, as recorded in test/golden/normalization-precision.json. How its inputs are made again,
 * and what the truth is, is written in test/golden/make/normalization_precision.py.
 *
 * With --write the tables go into docs/precision.md; else they are printed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measure } from './precision/measure.mjs';
import { cases } from './precision/problems.mjs';
import { precisionMarkdown } from './precision/tables.mjs';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

const measured = new Map();
for (const given of cases) {
  const { errors } = await measure(given);
  measured.set(given, errors);
}
const markdown = precisionMarkdown(measured);

if (values.write) {
  const file = new URL('../docs/precision.md', import.meta.url);
  const [begin, end] = ['<!-- measured: begin -->', '<!-- measured: end -->'];
  const text = readFileSync(file, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/precision.md lacks the markers ${begin} and ${end}.`);
  writeFileSync(file, `${before}${begin}\n\n${markdown}\n\n${end}${after}`);
} else {
  console.log(markdown);
}

/**
 * npm run bench:precision: the float32 errors of the normalization layers against float64 truth, measured for evenkeel
 * and recorded for other libraries in test/golden/normalization-precision.json. The inputs and the truth are described
 * in test/golden/make/normalization_precision.py.
 *
 * With --write the tables go into docs/precision.md; otherwise they are printed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measure } from './precision/measure.ts';
import { type Errors, type PrecisionCase, cases } from './precision/problems.ts';
import { precisionMarkdown } from './precision/tables.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

const measured = new Map<PrecisionCase, Errors>();
for (const given of cases) {
  const { errors } = await measure(given);
  measured.set(given, errors);
}
const markdown = precisionMarkdown(measured);

if (values.write) {
  const file = new URL('../docs/precision.md', import.meta.url);
  const begin = '<!-- measured: begin -->';
  const end = '<!-- measured: end -->';
  const text = readFileSync(file, 'utf8');
  const [before = '', rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/precision.md lacks the markers ${begin} and ${end}.`);
  writeFileSync(file, `${before}${begin}\n\n${markdown}\n\n${end}${after}`);
} else {
  console.log(markdown);
}
